"""Scores of a model that forecasts some steps of one or more channels."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import PositiveInt
from sklearn.metrics import r2_score

from groklab.errors import UserError
from groklab.evaluation.evaluation import Evaluation, Row, default_names
from groklab.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Float64 = NDArray[np.float64]
_MOST_ROWS = 5000


class Forecasting(Evaluation):
    """``rmse``, ``mae``, ``mse`` and ``r2``, then ``rmse_at_<h>`` and ``mae_at_<h>`` of the step ``h`` ahead.

    Errors are in the targets' units and their means are taken over all windows, steps and channels, those at a
    step over all windows and channels: ``rmse`` is the square root of ``mse``. ``r2`` is the mean over steps and
    channels of each one's; it is undefined where one is constant or there are fewer than two windows.

    Args:
        horizon: Steps of a forecast; the outputs are [n, horizon * channels], one step after the other.
        horizons: Steps ahead that are reported one by one, from 1 to ``horizon``.

    Raises:
        ValueError: A step is not within the horizon.

    Source: Hyndman & Athanasopoulos (2021), Forecasting, section 5.8; r2: scikit-learn.
    """

    kind = "regression"

    def __init__(self, *, horizon: PositiveInt, horizons: list[PositiveInt]) -> None:
        if any(not 1 <= step <= horizon for step in horizons):
            raise ValueError(f"horizons={horizons}: the forecasts reach 1 to {horizon} steps ahead; give such steps")
        self.horizon, self.horizons = horizon, list(dict.fromkeys(horizons))

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``forecasts`` and ``error_by_horizon``."""
        from groklab.evaluation.forecast_pictures import error_by_horizon, forecasts

        default_names(predictions, names)
        targets, outputs = self._steps(predictions)
        rmse = np.sqrt(((outputs - targets) ** 2).mean((0, 2)))
        return {
            "forecasts": forecasts(targets[:, :, 0], outputs[:, :, 0], predictions.split, channels=targets.shape[2]),
            "error_by_horizon": error_by_horizon(rmse, predictions),
        }

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``residuals``: actual and predicted value, at most 5,000 evenly over the steps; ``error_by_horizon``."""
        default_names(predictions, names)
        targets, outputs = self._steps(predictions)
        # A step's values in a row: every so many of them fall on all steps alike.
        actual, said = (values.transpose(1, 2, 0).ravel() for values in (targets, outputs))
        taken = np.linspace(0, len(actual) - 1, min(len(actual), _MOST_ROWS)).round().astype(int)
        errors = outputs - targets
        by_step = zip(np.sqrt((errors**2).mean((0, 2))).tolist(), np.abs(errors).mean((0, 2)).tolist(), strict=True)
        pairs = zip(actual[taken].tolist(), said[taken].tolist(), strict=True)
        return {
            "residuals": [{"actual": right, "predicted": given} for right, given in pairs],
            "error_by_horizon": [
                {"steps_ahead": step, "rmse": rmse, "mae": mae} for step, (rmse, mae) in enumerate(by_step, start=1)
            ],
        }

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        measures: dict[str, Callable[[Predictions], float]] = {
            "rmse": lambda given: _rmse(self._errors(given)),
            "mae": lambda given: _mae(self._errors(given)),
            "mse": lambda given: _mse(self._errors(given)),
            "r2": _r2,
        }
        for horizon in self.horizons:
            measures[f"rmse_at_{horizon}"] = partial(self._at, horizon, _rmse)
            measures[f"mae_at_{horizon}"] = partial(self._at, horizon, _mae)
        return measures

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        self._steps(predictions)
        split = predictions.split
        if predictions.num_examples < 2:
            return {"r2": f"the {split} split holds one window; it takes two or more"}
        constant = np.ptp(predictions.targets, axis=0) == 0
        if constant.any():
            return {"r2": f"{names[int(np.argmax(constant))]} has the same value throughout the {split} split"}
        return {}

    def _at(self, horizon: int, mean: Callable[[Float64], float], predictions: Predictions) -> float:
        return mean(self._errors(predictions)[:, horizon - 1])

    def _errors(self, predictions: Predictions) -> Float64:
        targets, outputs = self._steps(predictions)
        errors: Float64 = outputs - targets
        return errors

    def _steps(self, predictions: Predictions) -> tuple[Float64, Float64]:
        """Targets and outputs, [n, steps, channels].

        Raises:
            UserError: The outputs are no whole number of channels.
        """
        channels, rest = divmod(predictions.num_outputs, self.horizon)
        if rest:
            raise UserError(
                f"evaluation.horizon={self.horizon}: {predictions.num_outputs} outputs are no whole number of "
                "channels; give the steps of a forecast, ${data.horizon}"
            )
        shape = (predictions.num_examples, self.horizon, channels)
        return (
            predictions.targets.astype(np.float64).reshape(shape),
            predictions.outputs.astype(np.float64).reshape(shape),
        )


def _mse(errors: Float64) -> float:
    return float((errors**2).mean())


def _rmse(errors: Float64) -> float:
    return float(np.sqrt(_mse(errors)))


def _mae(errors: Float64) -> float:
    return float(np.abs(errors).mean())


def _r2(given: Predictions) -> float:
    return float(r2_score(given.targets.astype(np.float64), given.outputs.astype(np.float64)))
