"""An order of the pixels of an image in which no neighbourhood is left."""

from typing import Any

import numpy as np
from jaxtyping import Int64, Shaped

from groklab.data.split import ranks


def pixel_order(num_pixels: int, *, seed: int) -> Int64[np.ndarray, " pixels"]:
    """A permutation of the positions [height * width]: the pixel that comes to each, by ``sha256(seed, position)``."""
    positions = np.array([str(number) for number in range(num_pixels)], "S")
    return np.argsort(ranks(f"{seed}/shuffle_pixels", positions))


def reordered(
    x: Shaped[np.ndarray, "images channels height width"], order: Any
) -> Shaped[np.ndarray, "images channels height width"]:
    """Images with their pixels in ``order``, each channel alike."""
    return x.reshape(*x.shape[:2], -1)[..., order].reshape(x.shape)
