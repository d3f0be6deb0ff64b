"""Mixup: between two examples the answer lies between theirs."""

from typing import ClassVar

import torch
from jaxtyping import Float, Shaped
from pydantic import PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional


class Mixup(nn.Module):
    """In training, ``x' = a x + (1 - a) x[p]`` and the same of the targets, ``a ~ Beta(alpha, alpha)`` a batch.

    ``p`` is a random order of the batch. Classes become probabilities.

    Args:
        num_outputs: Classes or targets.
        alpha: How far from both ends, > 0; small values leave most batches nearly as they are.

    Source: Zhang et al. (2018), ICLR, section 2.
    """

    slot: ClassVar[str] = "batch"
    stackable: ClassVar[tuple[str, ...]] = ("alpha",)
    inputs: ClassVar[str] = "numbers"
    kinds: ClassVar[tuple[str, ...]] = ("classification", "regression")  # of which a mean of two answers is one

    def __init__(self, num_outputs: PositiveInt, *, alpha: PositiveFloat = 0.2) -> None:
        super().__init__()
        self.num_outputs, self.alpha = num_outputs, alpha

    def forward(
        self, x: Float[Tensor, "batch *shape"], y: Shaped[Tensor, "batch *target"]
    ) -> tuple[Float[Tensor, "batch *shape"], Float[Tensor, "batch outputs"]]:
        """The mixed batch."""
        target = y if y.is_floating_point() else functional.one_hot(y, self.num_outputs).to(x.dtype)
        if not self.training:
            return x, target
        share = torch.distributions.Beta(self.alpha, self.alpha).sample().to(x.device)
        order = torch.randperm(len(x), device=x.device)
        return torch.lerp(x[order], x, share), torch.lerp(target[order], target, share)
