"""Max-norm constraint: bounds the weights that come into a unit."""

from typing import ClassVar

import torch
from pydantic import PositiveFloat
from torch import nn

from groklab.regularizers.penalty import weights


class MaxNorm(nn.Module):
    """After each step, the weights into a unit longer than ``limit`` are scaled back to it: ``w * limit / |w|``.

    A unit's weights are a row of a weight of rank >= 2: an output feature of an affine map, a filter of a
    convolution.

    Args:
        limit: Largest Euclidean length, > 0.

    Source: Srivastava et al. (2014), JMLR 15, section 5.1.
    """

    slot: ClassVar[str] = "weights"
    stackable: ClassVar[tuple[str, ...]] = ("limit",)

    def __init__(self, limit: PositiveFloat = 3.0) -> None:
        super().__init__()
        self.limit = limit

    @torch.no_grad()
    def forward(self, network: nn.Module, lr: float) -> None:
        """Change the weights in place."""
        for weight in weights(network):
            length = weight.flatten(1).norm(dim=1).view(-1, *[1] * (weight.ndim - 1))
            weight.mul_(self.limit / length.clamp(min=self.limit))
