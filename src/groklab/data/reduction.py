"""Small images made of large ones, as the benchmarks of super-resolution make them."""

from typing import Any

import numpy as np
from jaxtyping import UInt8
from numpy.typing import NDArray

from groklab.layers.bicubic import cubic


def crop_to_multiple(
    image: UInt8[np.ndarray, "channels height width"], scale: int
) -> UInt8[np.ndarray, "channels less_height less_width"]:
    """Without the last rows and columns, so that height and width are multiples of ``scale``."""
    height, width = (size - size % scale for size in image.shape[1:])
    return image[:, :height, :width]


def reduce(
    image: UInt8[np.ndarray, "channels height width"], scale: float
) -> UInt8[np.ndarray, "channels less_height less_width"]:
    """Height and width divided by ``scale``, >= 1, and rounded, by the cubic kernel drawn as much wider (antialiased).

    An image goes on beyond its edges as its mirror. The sums are made in one order whatever the machine, so that the
    bytes are the same everywhere.

    Source: MATLAB's imresize(image, 1 / scale), the convention since Dong et al. (2014), SRCNN.
    """
    smaller: NDArray[Any] = image.astype(np.float64)
    for axis in (1, 2):
        smaller = np.moveaxis(_reduced(np.moveaxis(smaller, axis, 0), scale), 0, axis)
    return np.clip(np.floor(smaller + 0.5), 0, 255).astype(np.uint8)


def _reduced(values: NDArray[Any], scale: float) -> NDArray[Any]:
    """The same along the first axis alone, not rounded."""
    length = len(values)
    new = max(int(length / scale + 0.5), 1)
    centers = (np.arange(new) + 0.5) * (length / new) - 0.5
    places = np.floor(centers - 2 * scale).astype(np.int64)[:, None] + np.arange(int(4 * scale) + 3)
    weights = cubic((centers[:, None] - places) / scale)
    weights /= weights.sum(1, keepdims=True)
    mirrored = np.concatenate([np.arange(length), np.arange(length)[::-1]])[places % (2 * length)]
    total = np.zeros((new, *values.shape[1:]))
    for place, weight in zip(mirrored.T, weights.T, strict=True):
        total += weight.reshape(-1, *[1] * (values.ndim - 1)) * values[place]
    return total
