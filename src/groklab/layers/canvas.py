"""Images of different sizes in one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def on_canvas(images: Sequence[NDArray[Any]], dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Images [channels, height, width] as [images, channels, highest, widest]; NaN below and to the right of one."""
    height, width = (max(image.shape[axis] for image in images) for axis in (1, 2))
    canvas = np.full((len(images), images[0].shape[0], height, width), np.nan, dtype)
    for place, image in zip(canvas, images, strict=True):
        place[:, : image.shape[1], : image.shape[2]] = image
    return canvas


def off_canvas(canvas: NDArray[Any]) -> list[NDArray[Any]]:
    """The images that :func:`on_canvas` was given."""
    found = []
    for place in np.asarray(canvas):
        there = ~np.isnan(place[0]) if place.dtype.kind == "f" else np.ones(place.shape[1:], bool)
        found.append(place[:, : int(there[:, 0].sum()), : int(there[0].sum())])
    return found
