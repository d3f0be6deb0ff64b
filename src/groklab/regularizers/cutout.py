"""Cutout: a picture is known although a part of it is hidden."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn


class Cutout(nn.Module):
    """In training, sets a square of ``share`` of each side to 0, its centre anywhere in the image.

    Args:
        share: Of height and width, 0 < share < 1.

    Source: DeVries & Taylor (2017), arXiv 1708.04552; for discriminators Zhao et al. (2020), NeurIPS 33, section 3.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "images"

    def __init__(self, share: Annotated[float, Field(gt=0, lt=1)] = 0.3) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels height width"]:
        """Images with holes."""
        if not self.training:
            return x
        rows, columns = (self._hidden(len(x), size, x.device) for size in x.shape[2:])
        return x.masked_fill(rows[:, None, :, None] & columns[:, None, None, :], 0.0)

    def _hidden(self, num: int, size: int, device: torch.device) -> Tensor:
        """[num, size], true around a random place."""
        length = max(1, round(self.share * size))
        start = torch.randint(0, size, (num, 1), device=device) - length // 2
        place = torch.arange(size, device=device)
        return (place >= start) & (place < start + length)
