"""Cells of an image by the directions of their edges."""

from typing import Any

import numpy as np
from jaxtyping import Float32
from numpy.typing import NDArray

_LEAST = 1e-2  # grey levels, of 255, below which a gradient is noise
_CEILING = 0.4  # one strong edge does not drown the others


def gradient_histograms(image: NDArray[Any], *, cell: int, bins: int) -> Float32[np.ndarray, "rows columns bins"]:
    """Shares of the gradient's length by its direction in squares of ``cell`` pixels, whatever their contrast.

    Directions are of edges, from 0 to 180 degrees: dark on bright is the same as bright on dark. Each cell is divided
    by the root mean square of those around it, so that a faint object is as good as a strong one. For colour, the
    means of the channels come behind the histogram.

    Args:
        image: [channels, height, width] of 0 to 255; what does not fill a cell is left out.
        cell: Pixels along a side.
        bins: Directions.

    Source: Dalal & Triggs (2005), CVPR, section 6.
    """
    channels, height, width = image.shape
    rows, columns = height // cell, width // cell
    pixels = image[:, : rows * cell, : columns * cell].astype(np.float32)
    down, right = np.gradient(pixels.mean(axis=0))
    length = np.hypot(down, right)
    bin_of = np.minimum((np.mod(np.arctan2(down, right), np.pi) * (bins / np.pi)).astype(np.int64), bins - 1)
    place = np.arange(rows)[:, None, None, None] * columns + np.arange(columns)[None, None, :, None]
    place = np.broadcast_to(place, (rows, cell, columns, cell)).reshape(rows * cell, columns * cell)
    flat = np.bincount((place * bins + bin_of).ravel(), weights=length.ravel(), minlength=rows * columns * bins)
    histograms = (flat / cell**2).reshape(rows, columns, bins).astype(np.float32)
    energy = np.pad(np.square(histograms).sum(axis=2), 1, mode="edge")
    around = sum(energy[i : i + rows, j : j + columns] for i in range(3) for j in range(3)) / 9
    found = np.minimum(histograms / np.sqrt(around + _LEAST**2)[..., None], _CEILING)
    if channels == 1:
        return found
    colours = pixels.reshape(channels, rows, cell, columns, cell).mean(axis=(2, 4)).transpose(1, 2, 0) / 255
    return np.concatenate([found, colours], axis=2)
