"""Scores of a classifier."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import PositiveInt
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from groklab.evaluation.evaluation import Evaluation, Row, default_names
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.reliability import Reliability

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Classification(Evaluation):
    """``accuracy``, ``macro_f1``, ``auroc``, ``cross_entropy`` (nats) and ``calibration_error``.

    The predicted class is the most probable one, the first of equals. ``macro_f1`` and ``auroc`` average over
    all classes with equal weight and are undefined where a class has no example. ``auroc`` is that of class 1
    for two classes, else the mean of one class against the rest. ``cross_entropy`` takes a probability below
    2.2e-16 for 2.2e-16, so that an answer that is wrong and certain costs 36 nats, not infinity; the rows are
    scaled to sum to 1 first. ``calibration_error`` is the expected calibration error of ``reliability.py``.

    Args:
        calibration_bins: Equal-width bins of confidence, >= 1.

    Raises:
        ValueError: ``calibration_bins`` is less than 1.

    Source: scikit-learn's metrics; calibration: Guo et al. (2017), ICML.
    """

    kind = "classification"

    def __init__(self, *, calibration_bins: PositiveInt = 15) -> None:
        if calibration_bins < 1:
            raise ValueError(f"calibration_bins={calibration_bins} is less than 1; give 1 or more")
        self.calibration_bins = calibration_bins

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``confusion_matrix`` and ``calibration``."""
        from groklab.evaluation.calibration_picture import calibration_picture
        from groklab.evaluation.confusion_picture import confusion_picture

        return {
            "confusion_matrix": confusion_picture(predictions, default_names(predictions, names)),
            "calibration": calibration_picture(self._reliability(predictions), split=predictions.split),
        }

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``confusion_matrix``: the names of the actual and the predicted class of each example."""
        known = default_names(predictions, names)
        pairs = zip(predictions.targets, predictions.outputs.argmax(1), strict=True)
        return {"confusion_matrix": [{"actual": known[actual], "predicted": known[said]} for actual, said in pairs]}

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {
            "accuracy": lambda given: accuracy_score(given.targets, given.outputs.argmax(1)),
            "macro_f1": lambda given: f1_score(given.targets, given.outputs.argmax(1), average="macro"),
            "auroc": _auroc,
            "cross_entropy": _cross_entropy,
            "calibration_error": lambda given: self._reliability(given).calibration_error,
        }

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        counts = np.bincount(predictions.targets, minlength=predictions.num_outputs)
        absent = [names[number] for number in np.flatnonzero(counts == 0).tolist()]
        if not absent:
            return {}
        classes = f"class {absent[0]}" if len(absent) == 1 else f"the classes {', '.join(absent[:5])}"
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        reason = f"the {predictions.split} split holds no example of {classes}{more}"
        return {"macro_f1": reason, "auroc": reason}

    def _reliability(self, predictions: Predictions) -> Reliability:
        return Reliability.of(predictions, num_bins=self.calibration_bins)


def _auroc(given: Predictions) -> float:
    if given.num_outputs == 2:
        return float(roc_auc_score(given.targets, given.outputs[:, 1]))
    one_against_rest = np.eye(given.num_outputs, dtype=np.int64)[given.targets]
    return float(roc_auc_score(one_against_rest, given.outputs, average="macro"))


def _cross_entropy(given: Predictions) -> float:
    outputs = given.outputs.astype(np.float64)
    outputs /= outputs.sum(1, keepdims=True)
    return float(log_loss(given.targets, outputs, labels=np.arange(given.num_outputs)))
