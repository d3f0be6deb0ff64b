"""Bicubic interpolation by a whole factor."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

_REACH = 2  # pixels to each side that a cubic looks at


def cubic(x: NDArray[Any]) -> Float64[np.ndarray, "*x"]:
    """Keys' kernel: ``1.5|x|^3 - 2.5|x|^2 + 1`` up to 1, ``-0.5|x|^3 + 2.5|x|^2 - 4|x| + 2`` up to 2, then 0.

    Source: Keys (1981), IEEE Trans. ASSP 29(6), equation 15: a = -1/2, as MATLAB's imresize has it.
    """
    far = np.abs(np.asarray(x, np.float64))
    near = (1.5 * far - 2.5) * far * far + 1
    tail = ((-0.5 * far + 2.5) * far - 4) * far + 2
    return np.where(far <= 1, near, np.where(far < 2, tail, 0.0))


def phases(scale: int) -> Float64[np.ndarray, "scale 5"]:
    """Weights of the pixels -2 ... 2 from the one that a new pixel lies in, for each of the ``scale`` places there."""
    centers = (np.arange(scale) + 0.5) / scale - 0.5
    weights = cubic(centers[:, None] - np.arange(-_REACH, _REACH + 1))
    return np.asarray(weights / weights.sum(1, keepdims=True))


class Bicubic(nn.Module):
    """Enlarges images ``scale`` times by cubic interpolation; beyond an edge the edge goes on.

    Args:
        scale: How many pixels become of one, along each side.

    Source: Keys (1981); the same as MATLAB's imresize but for the outermost ``scale`` pixels.
    """

    kernel: Tensor

    def __init__(self, scale: int) -> None:
        super().__init__()
        rows = torch.from_numpy(phases(scale)).float()
        kernel = (rows[:, None, :, None] * rows[None, :, None, :]).reshape(scale * scale, 1, 5, 5)
        self.register_buffer("kernel", kernel, persistent=False)
        self.scale = scale

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels next_height next_width"]:
        """The larger images."""
        planes = functional.pad(x.flatten(0, 1).unsqueeze(1), [_REACH] * 4, mode="replicate")
        larger = functional.pixel_shuffle(functional.conv2d(planes, self.kernel.to(x.dtype)), self.scale)
        enlarged: Tensor = larger.squeeze(1).unflatten(0, x.shape[:2])
        return enlarged
