"""This season is as the last one."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import PositiveInt
from sklearn.base import BaseEstimator
from sklearn.utils import RegressorTags, Tags

from groklab.baselines.persistence import num_channels


class SeasonalNaive(BaseEstimator):
    """Forecasts the value ``m`` whole periods before, the fewest that lie in the window, plus ``m`` times the drift.

    ``y[h, c] = x[last + h - m * period, c] + m * drift[c]`` with ``m = ceil(h / period)``; the drift is the mean
    of ``x[t, c] - x[t - period, c]`` over the window. A season on a straight line is forecast without error.
    Nothing but how many channels are asked for is learnt. ``x`` and ``y`` are in data units.

    Args:
        horizon: Steps ahead; the first channels of ``x``, as many as ``y`` has at a step, are forecast.
        period: Steps in a season, >= 1; 1 repeats the last value.
        drift: Whether to add the mean change from one period to the next.

    Raises:
        ValueError: ``x`` is not [n, time, channels] or shorter than a period (with drift: not longer than one), or
            ``y`` holds no whole number of channels, or more than ``x``.

    Source: Hyndman & Athanasopoulos (2021), Forecasting, section 5.2, the seasonal naive and the drift method.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    num_channels_: int

    def __init__(self, *, horizon: PositiveInt, period: PositiveInt, drift: bool = True) -> None:
        self.horizon, self.period, self.drift = horizon, period, drift

    def __sklearn_tags__(self) -> Tags:
        """A regressor."""
        tags: Tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "SeasonalNaive":
        """See how many channels ``y`` [n, horizon * channels] or [n, horizon, channels] has."""
        self.num_channels_, windows = num_channels(x, y, self.horizon), np.asarray(x)
        needed = self.period + 1 if self.drift else self.period
        if windows.shape[1] < needed:
            raise ValueError(
                f"period={self.period} takes windows of {needed} steps or more, these have {windows.shape[1]}; give "
                f"longer windows{' or drift=false' if self.drift else ''}"
            )
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """Forecasts [n, horizon * channels], one step after the other."""
        windows = np.asarray(x, np.float64)[:, :, : self.num_channels_]
        steps = np.arange(self.horizon)
        season, periods = windows[:, -self.period :][:, steps % self.period], steps // self.period + 1
        if self.drift:
            change = (windows[:, self.period :] - windows[:, : -self.period]).mean(1, keepdims=True)
            season = season + periods[:, None] * change
        return season.reshape(len(windows), -1)
