"""This season is as the last one."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import NonNegativeInt, PositiveInt
from sklearn.base import BaseEstimator
from sklearn.utils import RegressorTags, Tags

from groklab.baselines.persistence import num_steps, select_channels


class SeasonalNaive(BaseEstimator):
    """Forecasts the value ``m`` whole periods before, the fewest that lie in the window, plus ``m`` times the drift.

    ``y[h, c] = x[last + h - m * period, c] + m * drift[c]`` with ``m = ceil(h / period)``; the drift is the mean
    of ``x[t, c] - x[t - period, c]`` over the window. A season on a straight line is forecast without error.
    Nothing but how many steps are asked for is learnt. ``x`` and ``y`` are in data units.

    Args:
        period: Steps in a season, >= 1; 1 repeats the last value.
        drift: Whether to add the mean change from one period to the next.
        target_channels: Which channels of ``x`` are forecast, in the order of ``y``; None for all.

    Raises:
        ValueError: ``x`` is not [n, time, channels] or shorter than a period (with drift: not longer than one), or
            ``y`` holds no whole number of steps of the channels.

    Source: Hyndman & Athanasopoulos (2021), Forecasting, section 5.2, the seasonal naive and the drift method.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    horizon_: int

    def __init__(
        self, *, period: PositiveInt, drift: bool = True, target_channels: list[NonNegativeInt] | None = None
    ) -> None:
        self.period, self.drift, self.target_channels = period, drift, target_channels

    def __sklearn_tags__(self) -> Tags:
        """A regressor."""
        tags: Tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "SeasonalNaive":
        """See how many steps ahead ``y`` [n, horizon * channels] or [n, horizon, channels] reaches."""
        windows = select_channels(x, self.target_channels)
        needed = self.period + 1 if self.drift else self.period
        if windows.shape[1] < needed:
            raise ValueError(
                f"period={self.period} takes windows of {needed} steps or more, these have {windows.shape[1]}; give "
                f"longer windows{' or drift=false' if self.drift else ''}"
            )
        self.horizon_ = num_steps(windows, y)
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """Forecasts [n, horizon * channels], one step after the other."""
        windows = select_channels(x, self.target_channels)
        steps = np.arange(self.horizon_)
        season, periods = windows[:, -self.period :][:, steps % self.period], steps // self.period + 1
        if self.drift:
            change = (windows[:, self.period :] - windows[:, : -self.period]).mean(1, keepdims=True)
            season = season + periods[:, None] * change
        return season.reshape(len(windows), -1)
