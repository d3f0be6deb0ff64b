"""Tomorrow is as today."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import NonNegativeInt
from sklearn.base import BaseEstimator
from sklearn.utils import RegressorTags, Tags


class Persistence(BaseEstimator):
    """Forecasts the last value of each channel: ``y[h, c] = x[-1, c]`` for every step ``h`` ahead.

    It learns nothing but how many steps are asked for. ``x`` and ``y`` are in data units.

    Args:
        target_channels: Which channels of ``x`` are forecast, in the order of ``y``; None for all.

    Raises:
        ValueError: ``x`` is not [n, time, channels], or ``y`` holds no whole number of steps of the channels.

    Source: Hyndman & Athanasopoulos (2021), Forecasting, section 5.2, the naive method.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    horizon_: int

    def __init__(self, *, target_channels: list[NonNegativeInt] | None = None) -> None:
        self.target_channels = target_channels

    def __sklearn_tags__(self) -> Tags:
        """A regressor."""
        tags: Tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "Persistence":
        """See how many steps ahead ``y`` [n, horizon * channels] or [n, horizon, channels] reaches."""
        self.horizon_ = num_steps(select_channels(x, self.target_channels), y)
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """Forecasts [n, horizon * channels], one step after the other."""
        last = select_channels(x, self.target_channels)[:, -1]
        return np.tile(last, (1, self.horizon_))


def select_channels(x: ArrayLike, channels: list[int] | None) -> NDArray[np.float64]:
    """The forecast channels of ``x``, [n, time, channels].

    Raises:
        ValueError: ``x`` is of another form or lacks a channel.
    """
    windows = np.asarray(x, np.float64)
    if windows.ndim != 3:
        raise ValueError(f"x has the shape {windows.shape}; give [n, time, channels]")
    if channels is None:
        return windows
    if not channels or max(channels) >= windows.shape[2]:
        raise ValueError(f"target_channels={channels} are not channels 0 to {windows.shape[2] - 1} of x")
    return windows[:, :, channels]


def num_steps(windows: NDArray[np.float64], y: ArrayLike) -> int:
    """How many steps ahead ``y`` reaches.

    Raises:
        ValueError: ``y`` holds no whole number of steps of the channels.
    """
    values, num_channels = np.asarray(y).reshape(len(windows), -1).shape[1], windows.shape[2]
    if values % num_channels:
        raise ValueError(
            f"y holds {values} values a window, no multiple of {num_channels} channels; name the target_channels"
        )
    return int(values // num_channels)
