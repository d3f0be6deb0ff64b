"""Tomorrow is as today."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import PositiveInt
from sklearn.base import BaseEstimator
from sklearn.utils import RegressorTags, Tags


class Persistence(BaseEstimator):
    """Forecasts the last value of each channel: ``y[h, c] = x[-1, c]`` for every step ``h`` ahead.

    It learns nothing but how many channels are asked for. ``x`` and ``y`` are in data units.

    Args:
        horizon: Steps ahead; the first channels of ``x``, as many as ``y`` has at a step, are forecast.

    Raises:
        ValueError: ``x`` is not [n, time, channels], or ``y`` holds no whole number of channels, or more than ``x``.

    Source: Hyndman & Athanasopoulos (2021), Forecasting, section 5.2, the naive method.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}
    num_channels_: int

    def __init__(self, *, horizon: PositiveInt) -> None:
        self.horizon = horizon

    def __sklearn_tags__(self) -> Tags:
        """A regressor."""
        tags: Tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, x: ArrayLike, y: ArrayLike) -> "Persistence":
        """See how many channels ``y`` [n, horizon * channels] or [n, horizon, channels] has."""
        self.num_channels_ = num_channels(x, y, self.horizon)
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.float64]:
        """Forecasts [n, horizon * channels], one step after the other."""
        return np.tile(np.asarray(x, np.float64)[:, -1, : self.num_channels_], (1, self.horizon))


def num_channels(x: ArrayLike, y: ArrayLike, horizon: int) -> int:
    """How many channels ``y`` has at a step.

    Raises:
        ValueError: ``x`` is not [n, time, channels], or ``y`` holds no whole number of channels, or more than ``x``.
    """
    shape = np.shape(x)
    if len(shape) != 3:
        raise ValueError(f"x has the shape {shape}; give [n, time, channels]")
    values = np.asarray(y).reshape(shape[0], -1).shape[1]
    if values % horizon or values > horizon * shape[2]:
        raise ValueError(
            f"y holds {values} values a window, which is not {horizon} steps of up to {shape[2]} channels; set horizon"
        )
    return int(values // horizon)
