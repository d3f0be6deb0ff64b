"""Mean and standard deviation of the training part."""

from typing import Any

import numpy as np
from jaxtyping import Float64, Shaped

_ROWS_AT_ONCE = 4096
_SMALLEST = float(np.finfo(np.float32).tiny)  # networks divide in float32


Scales = dict[str, list[Any] | None]


def statistics(
    x: Shaped[np.ndarray, " examples *shape"] | None,
    y: Shaped[np.ndarray, " examples *outputs"] | None,
    *,
    axes: tuple[int, ...] = (0,),
) -> Scales:
    """Numbers that standardize an example, in the data's units, accumulated in float64.

    The deviation is that of the population (divisor n). What is constant, or spreads less than float32 can
    divide by, has deviation 1. Frames that are absent (NaN) do not count.

    Args:
        x: Examples of the training part, or ``None`` for tokens, which have no unit.
        y: Their targets (regression), or ``None``.
        axes: Axes of ``x`` that share a mean: the examples; for images [channels, height, width] also height and
            width, for frames [time, features] also time.

    Returns:
        ``x_mean``, ``x_std``, ``y_mean``, ``y_std`` as nested lists that broadcast to one example, or ``None``.
    """
    found: Scales = {"x_mean": None, "x_std": None, "y_mean": None, "y_std": None}
    for name, array, over in (("x", x, axes), ("y", y, (0,))):
        if array is not None:
            mean, std = _moments(array, over)
            found |= {f"{name}_mean": mean.tolist(), f"{name}_std": std.tolist()}
    return found


def _moments(
    array: Shaped[np.ndarray, " examples *shape"], axes: tuple[int, ...]
) -> tuple[Float64[np.ndarray, "*one"], Float64[np.ndarray, "*one"]]:
    blocks = [array[start : start + _ROWS_AT_ONCE] for start in range(0, len(array), _ROWS_AT_ONCE)]
    there: Any = sum((~np.isnan(block)).sum(axis=axes, keepdims=True) for block in blocks)
    size = np.maximum(there, 1)
    mean = sum(np.nansum(block, axis=axes, keepdims=True, dtype=np.float64) for block in blocks) / size
    squares: Any = sum(np.nansum((block - mean) ** 2, axis=axes, keepdims=True) for block in blocks)
    std = np.sqrt(squares / size)
    # A constant's is exactly 0, however often it is summed: float64 has 29 bits more than float32.
    std[std < _SMALLEST] = 1
    return mean[0], std[0]
