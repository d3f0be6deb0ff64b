"""Sequences of frames by what their features are on the whole, whatever the order."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import NonNegativeInt
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import ClassifierTags, RegressorTags, Tags


class PooledFrames(BaseEstimator):
    """Mean, deviation, least and greatest value of each feature over the frames, and their number, into a model.

    Args:
        kind: What is predicted.
        model: ``logistic_regression`` (classification), ``ridge`` (regression), ``decision_tree`` or
            ``random_forest``, of 300 trees.
        random_state: Seed of the trees.

    Raises:
        ValueError: The model is not for ``kind``, or ``x`` is not [n, time, features].
    """

    units: ClassVar[Literal["data", "standardized"]] = "standardized"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    classes_: NDArray[Any]

    def __init__(
        self,
        *,
        kind: Literal["classification", "regression"],
        model: Literal["logistic_regression", "decision_tree", "random_forest", "ridge"],
        random_state: NonNegativeInt = 0,
    ) -> None:
        self.kind, self.model, self.random_state = kind, model, random_state

    def __sklearn_tags__(self) -> Tags:
        """A classifier or a regressor, as ``kind`` says."""
        tags: Tags = super().__sklearn_tags__()
        if self.kind == "classification":
            tags.estimator_type, tags.classifier_tags = "classifier", ClassifierTags()
        else:
            tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "PooledFrames":
        """Fit to frames [n, time, features], NaN where there is none, and classes [n] or values [n] or [n, k]."""
        self._validate_params()
        self._fitted = _model(self.model, self.kind, self.random_state).fit(pool(x), y)
        if self.kind == "classification":
            self.classes_ = self._fitted.classes_
        return self

    def predict(self, x: ArrayLike) -> NDArray[Any]:
        """Classes [n], or values as ``y`` was."""
        said: NDArray[Any] = self._fitted.predict(pool(x))
        return said

    def predict_proba(self, x: ArrayLike) -> NDArray[np.float64]:
        """Probabilities [n, classes]."""
        said: NDArray[np.float64] = self._fitted.predict_proba(pool(x))
        return said

    def _validate_params(self) -> None:
        super()._validate_params()
        _model(self.model, self.kind, self.random_state)


def pool(x: ArrayLike) -> NDArray[np.float64]:
    """Means, deviations, least and greatest values of the features, then the number of frames, [n, 4 features + 1].

    A frame with a NaN is absent; an example without any frame has zeros throughout.

    Raises:
        ValueError: ``x`` is not [n, time, features].
    """
    frames = np.asarray(x, np.float64)
    if frames.ndim != 3:
        raise ValueError(f"x has the shape {frames.shape}; give [n, time, features]")
    there = ~np.isnan(frames).any(2, keepdims=True)
    number = there.sum(1)
    divisor = np.maximum(number, 1)
    mean = np.where(there, frames, 0).sum(1) / divisor
    std = np.sqrt((np.where(there, frames - mean[:, None], 0) ** 2).sum(1) / divisor)
    least, greatest = np.where(there, frames, np.inf).min(1), np.where(there, frames, -np.inf).max(1)
    ends = (np.where(number > 0, end, 0) for end in (least, greatest))
    return np.concatenate([mean, std, *ends, number], axis=1)


def _model(name: str, kind: str, seed: int) -> Any:
    models: dict[tuple[str, str], Any] = {
        ("logistic_regression", "classification"): make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        ("decision_tree", "classification"): DecisionTreeClassifier(random_state=seed),
        ("decision_tree", "regression"): DecisionTreeRegressor(random_state=seed),
        ("random_forest", "classification"): RandomForestClassifier(300, random_state=seed),
        ("random_forest", "regression"): RandomForestRegressor(300, random_state=seed),
        ("ridge", "regression"): make_pipeline(StandardScaler(), Ridge()),
    }
    if (name, kind) not in models:
        fitting = ", ".join(model for model, of in models if of == kind)
        raise ValueError(f"model={name} is not for {kind}; choose one of {fitting}")
    return models[name, kind]
