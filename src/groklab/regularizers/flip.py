"""Mirrored pictures, where left and right mean the same."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn


class Flip(nn.Module):
    """In training, mirrors each image left to right with probability ``p``.

    Not for digits or letters, which mirrored are others or none.

    Args:
        p: Probability of mirroring, 0 <= p <= 1.

    Source: Krizhevsky, Sutskever & Hinton (2012), NIPS 25, section 4.1.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "images"
    kinds: ClassVar[tuple[str, ...]] = ("classification", "regression", "generation")  # no target moves with the image

    def __init__(self, p: Annotated[float, Field(ge=0, le=1)] = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels height width"]:
        """Images, some of them mirrored."""
        if not self.training:
            return x
        mirrored = torch.rand(len(x), 1, 1, 1, device=x.device) < self.p
        return torch.where(mirrored, x.flip(3), x)
