"""Mean and standard deviation of the training part."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped

_ROWS_AT_ONCE = 4096
_SMALLEST = float(np.finfo(np.float32).tiny)  # networks divide in float32


def statistics(
    x: Shaped[np.ndarray, " examples *shape"], y: Shaped[np.ndarray, " examples *outputs"] | None
) -> dict[str, Any]:
    """Numbers that standardize an example, in the data's units, accumulated in float64.

    Images [channels, height, width] have one mean and deviation a channel, shaped [channels, 1, 1]; other
    examples one a number. The deviation is that of the population (divisor n). What is constant, or spreads
    less than float32 can divide by, has deviation 1.

    Args:
        x: Examples of the training part.
        y: Their targets (regression), or ``None``.

    Returns:
        ``x_mean``, ``x_std`` as nested lists that broadcast to one example, ``y_mean``, ``y_std`` as lists or
        ``None``.
    """
    axes = (0, 2, 3) if x.ndim == 4 else (0,)
    x_mean, x_std = _moments(x, axes)
    found: dict[str, Any] = {
        "x_mean": x_mean.tolist(),
        "x_std": x_std.tolist(),
        "y_mean": None,
        "y_std": None,
    }
    if y is not None:
        y_mean, y_std = _moments(y, (0,))
        found |= {"y_mean": y_mean.tolist(), "y_std": y_std.tolist()}
    return found


def _moments(
    array: Shaped[np.ndarray, " examples *shape"], axes: tuple[int, ...]
) -> tuple[Float64[np.ndarray, "*one"], Float64[np.ndarray, "*one"]]:
    blocks = [slice(start, start + _ROWS_AT_ONCE) for start in range(0, len(array), _ROWS_AT_ONCE)]
    size = math.prod(array.shape[axis] for axis in axes)
    mean = sum(array[rows].sum(axis=axes, keepdims=True, dtype=np.float64) for rows in blocks) / size
    squares = sum(((array[rows] - mean) ** 2).sum(axis=axes, keepdims=True) for rows in blocks)
    std = np.sqrt(squares / size)
    # A constant's is exactly 0, however often it is summed: float64 has 29 bits more than float32.
    std[std < _SMALLEST] = 1
    return mean[0], std[0]
