"""The symbol that stands for no symbol, in outputs that connectionist temporal classification (CTC) reads."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

BLANK = 0
NEVER = -1e4  # a logit whose probability is 0 in float64 too; float16 can hold it


def certainly_blank(
    logits: Float[Tensor, "batch steps symbols"], valid: Bool[Tensor, "batch steps"], *, length: int
) -> Float[Tensor, "batch length symbols"]:
    """The logits of valid steps, and of absent ones 0 for the blank and ``NEVER`` for the others, ``length`` in all.

    An absent step then has one reading, of probability 1: it changes no transcript and no likelihood, so that lengths
    need not go with the logits.
    """
    blank = torch.full((logits.shape[2],), NEVER, device=logits.device, dtype=logits.dtype)
    blank = torch.where(torch.arange(logits.shape[2], device=logits.device) == BLANK, 0.0, blank).to(logits.dtype)
    known = torch.where(valid.unsqueeze(-1), logits, blank)
    rest = blank.expand(logits.shape[0], length - logits.shape[1], logits.shape[2])
    return torch.cat([known, rest], dim=1)
