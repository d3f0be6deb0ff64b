"""Small shifts: the same picture a few pixels away is still the same."""

from typing import ClassVar

import torch
from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn
from torch.nn import functional


class Shift(nn.Module):
    """In training, moves each image by up to ``pixels`` in each direction; edges are repeated outwards.

    Args:
        pixels: Largest shift, >= 1; each shift, none among them, is equally likely.

    Source: Simard, Steinkraus & Platt (2003), ICDAR, section 2.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "images"
    kinds: ClassVar[tuple[str, ...]] = ("classification", "regression", "generation")  # no target moves with the image

    def __init__(self, pixels: PositiveInt = 2) -> None:
        super().__init__()
        self.pixels = pixels

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels height width"]:
        """Shifted images."""
        if not self.training:
            return x
        num, _, height, width = x.shape
        wide = functional.pad(x, [self.pixels] * 4, mode="replicate")
        down, right = torch.randint(0, 2 * self.pixels + 1, (2, num, 1), device=x.device)
        rows = (torch.arange(height, device=x.device) + down)[:, None, :, None]
        columns = (torch.arange(width, device=x.device) + right)[:, None, None, :]
        images = torch.arange(num, device=x.device)[:, None, None, None]
        channels = torch.arange(x.shape[1], device=x.device)[None, :, None, None]
        return wide[images, channels, rows, columns]
