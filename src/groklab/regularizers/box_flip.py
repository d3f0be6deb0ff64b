"""Mirrored pictures with their boxes."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from groklab.kinds import Kind

Probability = Annotated[float, Field(ge=0, le=1)]


class BoxFlip(nn.Module):
    """In training, mirrors each image and its boxes left to right with probability ``p``, and top to bottom.

    Not for digits or letters, which mirrored are others or none.

    Args:
        p: Probability of left to right, 0 <= p <= 1.
        vertical_p: Probability of top to bottom, 0 <= vertical_p <= 1; not for scenes that have an up and a down.

    Source: Krizhevsky, Sutskever & Hinton (2012), NIPS 25, section 4.1; with boxes: Liu et al. (2016), ECCV (SSD),
        section 2.2.
    """

    slot: ClassVar[str] = "boxes"
    inputs: ClassVar[str] = "images"
    kinds: ClassVar[tuple[Kind, ...]] = ("detection",)

    def __init__(self, p: Probability = 0.5, *, vertical_p: Probability = 0.0) -> None:
        super().__init__()
        self.p, self.vertical_p = p, vertical_p

    def forward(
        self, x: Float[Tensor, "batch channels height width"], y: Float[Tensor, "batch most 5"]
    ) -> tuple[Float[Tensor, "batch channels height width"], Float[Tensor, "batch most 5"]]:
        """Images, some of them mirrored, and their boxes."""
        if not self.training:
            return x, y
        for probability, axis, low, high in ((self.p, 3, 1, 3), (self.vertical_p, 2, 2, 4)):
            mirrored = torch.rand(len(x), device=x.device) < probability
            turned = y.clone()
            turned[..., low], turned[..., high] = x.shape[axis] - y[..., high], x.shape[axis] - y[..., low]
            x = torch.where(mirrored[:, None, None, None], x.flip(axis), x)
            y = torch.where(mirrored[:, None, None], turned, y)
        return x, y
