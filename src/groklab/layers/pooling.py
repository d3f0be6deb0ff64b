"""Pooling over time: one vector of a sequence, from its valid steps alone; 0 where there are none."""

from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from groklab.layers.padding import sequence_lengths

Pooling = Literal["last", "mean", "max", "sum"]


def pool(
    x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"], how: Pooling
) -> Float[Tensor, "batch features"]:
    """The ``how`` of the valid steps: their last, mean, max or sum."""
    if how == "last":
        return last(x, valid)
    if how == "max":
        return maximum(x, valid)
    total = x.masked_fill(~valid.unsqueeze(-1), 0.0).sum(dim=1)
    return total if how == "sum" else total / valid.sum(dim=1, keepdim=True).clamp(min=1)


def last(x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"]) -> Float[Tensor, "batch features"]:
    """The last valid step."""
    lengths = sequence_lengths(valid)
    steps = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, x.shape[2])
    return x.gather(1, steps).squeeze(1).masked_fill((lengths == 0).unsqueeze(-1), 0.0)


def maximum(
    x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"]
) -> Float[Tensor, "batch features"]:
    """The largest valid value of each feature."""
    largest = x.masked_fill(~valid.unsqueeze(-1), -torch.inf).amax(dim=1)
    return largest.masked_fill(~valid.any(dim=1, keepdim=True), 0.0)
