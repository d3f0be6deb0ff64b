"""Scores of a model that predicts values."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from groklab.evaluation.evaluation import Evaluation, Row, default_names
from groklab.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Regression(Evaluation):
    """``r2``, ``rmse`` and ``mae``; the last two in the targets' units.

    Each is the mean over the targets of that target's score. ``r2`` is undefined where a target is constant
    or there are fewer than two examples.

    Source: scikit-learn's metrics.
    """

    kind = "regression"

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``residuals`` and ``predicted_vs_actual``."""
        from groklab.evaluation.regression_pictures import predicted_vs_actual, residuals

        known = default_names(predictions, names)
        return {
            "residuals": residuals(predictions, known),
            "predicted_vs_actual": predicted_vs_actual(predictions, known),
        }

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``residuals``: actual and predicted value of each example, and which target if several."""
        known = default_names(predictions, names)
        rows: list[Row] = []
        for name, targets, outputs in zip(known, predictions.targets.T, predictions.outputs.T, strict=True):
            label = {"target": name} if len(known) > 1 else {}
            pairs = zip(targets.tolist(), outputs.tolist(), strict=True)
            rows += [{**label, "actual": actual, "predicted": said} for actual, said in pairs]
        return {"residuals": rows}

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {
            "r2": lambda given: r2_score(*_pair(given)),
            "rmse": lambda given: root_mean_squared_error(*_pair(given)),
            "mae": lambda given: mean_absolute_error(*_pair(given)),
        }

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        split = predictions.split
        if predictions.num_examples < 2:
            return {"r2": f"the {split} split holds one example; it takes two or more"}
        constant = np.ptp(predictions.targets, axis=0) == 0
        if constant.any():
            return {"r2": f"{names[int(np.argmax(constant))]} has the same value throughout the {split} split"}
        return {}


def _pair(given: Predictions) -> tuple[NDArray[Any], NDArray[Any]]:
    return given.targets.astype(np.float64), given.outputs.astype(np.float64)
