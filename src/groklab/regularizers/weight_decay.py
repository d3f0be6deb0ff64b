"""Decoupled weight decay: weights shrink by themselves, whatever the optimizer makes of the gradient."""

from typing import ClassVar

import torch
from pydantic import NonNegativeFloat
from torch import nn

from groklab.regularizers.penalty import weights


class WeightDecay(nn.Module):
    """After each step, ``w * (1 - lr * strength)`` for weights of rank >= 2.

    Under plain gradient descent it is the L2 penalty of half the strength; under Adam it is not, for there the
    penalty's gradient is scaled with the rest.

    Args:
        strength: Share of a weight that is lost in a step of learning rate 1, >= 0; 0 disables.

    Source: Loshchilov & Hutter (2019), ICLR, algorithm 2.
    """

    slot: ClassVar[str] = "weights"
    stackable: ClassVar[tuple[str, ...]] = ("strength",)

    def __init__(self, strength: NonNegativeFloat = 0.01) -> None:
        super().__init__()
        self.strength = strength

    @torch.no_grad()
    def forward(self, network: nn.Module, lr: float) -> None:
        """Change the weights in place."""
        for weight in weights(network):
            weight.mul_(1 - lr * self.strength)
