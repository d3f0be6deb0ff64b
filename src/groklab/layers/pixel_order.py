"""Pixels in another order."""

from collections.abc import Sequence

import torch
from jaxtyping import Shaped
from torch import Tensor, nn


class PixelOrder(nn.Module):
    """Each image's pixels in one order, each channel alike.

    Args:
        order: For each position [height * width] the one whose pixel comes there.
    """

    order: Tensor

    def __init__(self, order: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("order", torch.tensor(order), persistent=False)

    def forward(
        self, x: Shaped[Tensor, "batch channels height width"]
    ) -> Shaped[Tensor, "batch channels height width"]:
        """The images, reordered."""
        return x.flatten(2)[..., self.order].reshape(x.shape)
