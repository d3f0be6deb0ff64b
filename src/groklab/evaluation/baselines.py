"""Classic models, fitted to the training part and asked about a split."""

import logging
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn
from numpy.typing import DTypeLike, NDArray
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import ConvergenceWarning

from groklab.data.pixel_order import reordered
from groklab.errors import UserError
from groklab.evaluation.forms import as_targets
from groklab.evaluation.predictions import Predictions
from groklab.files import digest
from groklab.kinds import Kind

if TYPE_CHECKING:
    from groklab.data.card import Card, Split
    from groklab.data.prepared import Prepared

_METHOD = 2  # raise it when this file fits another way: what was stored before is then left alone
# What estimators of groklab's own answer with, where scikit-learn has no kind of them; they see data in their units.
_METHODS: dict[Kind, str] = {
    "language": "log_prob",
    "generation": "sample",
    "super_resolution": "predict",
    "detection": "predict",
    "transcription": "predict",
}
_log = logging.getLogger(__name__)


def check_baselines(estimators: Mapping[str, Any], kind: Kind) -> None:
    """Refuse what cannot be scored, before anything is trained.

    Raises:
        UserError: A baseline is for another kind of task, gives no probabilities, or has an argument out of
            range.
    """
    for name, estimator in estimators.items():
        what = type(estimator).__name__
        if kind in _METHODS:
            if not hasattr(estimator, _METHODS[kind]) or getattr(estimator, "units", None) != "data":
                raise UserError(f"baseline.{name}: {what} is not for {kind}; choose baseline={kind} or baseline=none")
            continue
        if not (is_classifier(estimator) if kind == "classification" else is_regressor(estimator)):
            raise UserError(f"baseline.{name}: {what} is not for {kind}; choose baseline={kind} or baseline=none")
        if kind == "classification" and not hasattr(estimator, "predict_proba"):
            raise UserError(f"baseline.{name}: {what} gives no probabilities; choose one with predict_proba")
        try:
            estimator._validate_params()
        except ValueError as error:
            raise UserError(f"baseline.{name}: {error}") from error


def predict_baselines(
    estimators: Mapping[str, Any], prepared: "Prepared", split: "Split", *, kind: Kind, memo: Path | None
) -> dict[str, Predictions]:
    """Each estimator's predictions for ``split``, in the order and the units of its targets.

    The estimators see the network's inputs: standardized by the training part, pixels in the order that the network
    sees; those of scikit-learn see them flattened to [n, features]. Targets of a regression are standardized for the
    fit and given back in data units. An estimator whose ``units`` are ``data`` sees both as they are. A fit that does
    not converge is logged as a warning and stands in ``notes``.

    Args:
        estimators: Scikit-learn estimators by name; they are not changed.
        prepared: The data.
        split: Which part to predict.
        kind: What they are asked.
        memo: Folder of what was predicted before, by estimator, data, split and scikit-learn's version; None
            for none.

    Raises:
        UserError: An estimator does not fit the data or the kind of task.
    """
    check_baselines(estimators, kind)
    predicted = {}
    for name, estimator in estimators.items():
        known = memo / f"{_key(estimator, prepared, split)}.npz" if memo else None
        found = _recall(known)
        if found is None:
            found = _fit_and_predict(name, estimator, prepared, split, kind)
            if known:
                found.save(known)
        for note in found.notes:
            _log.warning("baseline.%s: %s", name, note)
        predicted[name] = found
    return predicted


def _key(estimator: Any, prepared: "Prepared", split: "Split") -> str:
    kind = type(estimator)
    arguments = {key: repr(value) for key, value in estimator.get_params(deep=True).items()}
    name = f"{kind.__module__}.{kind.__qualname__}"
    return digest([_METHOD, name, arguments, prepared.card.fingerprint, split, sklearn.__version__])


def _recall(path: Path | None) -> Predictions | None:
    if path is None or not path.exists():
        return None
    try:
        return Predictions.load(path)
    except UserError as error:
        _log.warning("%s It is fitted again.", error)
        return None


def _fit_and_predict(name: str, estimator: Any, prepared: "Prepared", split: "Split", kind: Kind) -> Predictions:
    card, train, asked = prepared.card, prepared.open("train"), prepared.open(split)
    fitted = clone(estimator)
    in_data_units = getattr(estimator, "units", "standardized") == "data"
    targets, y = as_targets(kind, np.asarray(asked.y)), np.asarray(train.y)
    if kind == "regression" and not in_data_units:
        y = _standardized(y, card.statistics, "y")
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConvergenceWarning)
            fitted.fit(_inputs(estimator, train.x, card), y.ravel() if y.ndim == 2 and y.shape[1] == 1 else y)
        x = _inputs(estimator, asked.x, card)
        if kind == "classification":
            outputs = _probabilities(fitted, x, card.num_outputs)
        elif kind == "language":
            outputs = np.asarray(fitted.log_prob(x, targets), np.float64)
        elif kind != "regression":
            outputs = np.asarray(fitted.predict(x))
        else:
            outputs = np.asarray(fitted.predict(x), np.float64).reshape(np.shape(asked.y))
            outputs = outputs if in_data_units else _in_data_units(outputs, card.statistics)
    except (ValueError, TypeError) as error:
        raise UserError(f"baseline.{name}: {type(estimator).__name__} cannot be fitted: {error}") from error
    return Predictions(
        outputs,
        targets,
        keys=np.asarray(asked.keys),
        split=split,
        kind=kind,
        overlap=card.overlap,
        notes=_notes(caught, estimator),
    )


def _inputs(estimator: Any, x: NDArray[Any], card: "Card") -> NDArray[Any]:
    """What the estimator sees: float64 for tables, whose columns may be nearly collinear, else float32; or tokens."""
    if card.inputs == "tokens" or getattr(estimator, "units", "standardized") == "data":
        return np.asarray(x)
    standardized = _standardized(x, card.statistics, "x", dtype=np.float64 if x.ndim == 2 else np.float32)
    if order := card.statistics.get("pixel_order"):
        standardized = reordered(standardized, order)
    own = type(estimator).__module__.partition(".")[0] != "sklearn"
    return standardized if own else standardized.reshape(len(x), -1)


def _standardized(
    values: NDArray[Any], statistics: Mapping[str, Any], which: str, *, dtype: DTypeLike = np.float64
) -> NDArray[Any]:
    mean, std = (np.asarray(statistics[f"{which}_{name}"], dtype) for name in ("mean", "std"))
    standardized: NDArray[Any] = (np.asarray(values, dtype) - mean) / std
    return standardized


def _in_data_units(values: NDArray[Any], statistics: Mapping[str, Any]) -> NDArray[np.float64]:
    mean, std = (np.asarray(statistics[name], dtype=np.float64) for name in ("y_mean", "y_std"))
    return np.asarray(values * std + mean, dtype=np.float64)


def _probabilities(fitted: Any, x: NDArray[Any], num_classes: int) -> NDArray[np.float64]:
    """[n, classes]; a class that the training part lacks has probability 0."""
    outputs = np.zeros((len(x), num_classes))
    outputs[:, fitted.classes_] = fitted.predict_proba(x)
    return outputs


def _notes(caught: list[warnings.WarningMessage], estimator: Any) -> tuple[str, ...]:
    """What did not converge, once each; other warnings are passed on."""
    notes: dict[str, None] = {}
    for warning in caught:
        if issubclass(warning.category, ConvergenceWarning):
            reason = str(warning.message).strip().partition("\n")[0].rstrip(":. ")
            notes[f"{type(estimator).__name__} did not converge ({reason}); raise its max_iter"] = None
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return tuple(notes)
