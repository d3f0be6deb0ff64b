"""Luma, the brightness by which enlarged images are compared: the eye sees detail there, hardly in the colours."""

from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

# BT.601 for 8 bits a channel; their sum, 219, is the range of luma, which begins at 16.
WEIGHTS = (65.481 / 255, 128.553 / 255, 24.966 / 255)
OFFSET = 16.0


def luma(image: NDArray[Any]) -> Float64[np.ndarray, "*examples height width"]:
    """``16 + (65.481 R + 128.553 G + 24.966 B) / 255``, from 16 (black) to 235 (white).

    Images are [..., channels, height, width]. A grey image has one channel, which stands for all three.

    Source: ITU-R BT.601-7, section 2.5.1; MATLAB's rgb2ycbcr.
    """
    channels = np.asarray(image, np.float64)
    if channels.shape[-3] == 1:
        channels = np.repeat(channels, 3, axis=-3)
    red, green, blue = (channels[..., number, :, :] for number in range(3))
    return np.asarray(OFFSET + WEIGHTS[0] * red + WEIGHTS[1] * green + WEIGHTS[2] * blue)
