"""Word dropout: a text is understood although some words are missing."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Int
from pydantic import Field
from torch import Tensor, nn

_UNKNOWN = 1


class WordDropout(nn.Module):
    """In training, makes each token the unknown one (1) with probability ``p``; padding (0) stays.

    Args:
        p: Probability of hiding a token, 0 <= p < 1.

    Source: Iyyer et al. (2015), ACL, section 2.3.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "tokens"

    def __init__(self, p: Annotated[float, Field(ge=0, lt=1)] = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Int[Tensor, "batch length"]) -> Int[Tensor, "batch length"]:
        """Tokens, some of them hidden."""
        if not self.training:
            return x
        hidden = (torch.rand(x.shape, device=x.device) < self.p) & (x != 0)
        return x.masked_fill(hidden, _UNKNOWN)
