"""L2 penalty: keeps weights small."""

from typing import ClassVar

import torch
from jaxtyping import Float
from pydantic import NonNegativeFloat
from torch import Tensor, nn

from groklab.regularizers.penalty import Penalty, weights


class L2(Penalty):
    """``strength * sum(w^2)`` over weights of rank >= 2, in units of the loss.

    Under plain gradient descent it shrinks each weight by ``2 * lr * strength`` a step; under Adam it is not the
    same as decoupled weight decay (Loshchilov & Hutter 2019), which is an argument of AdamW.

    Args:
        strength: Loss per unit of squared weight, >= 0; 0 disables.

    Raises:
        ValueError: ``strength`` is negative.

    Source: Krogh & Hertz (1991), NIPS 4, equation 2.
    """

    stackable: ClassVar[tuple[str, ...]] = ("strength",)

    def __init__(self, strength: NonNegativeFloat = 1e-4) -> None:
        super().__init__()
        if strength < 0:
            raise ValueError(f"strength={strength} is negative; give 0 or more")
        self.strength = strength

    def forward(self, network: nn.Module) -> Float[Tensor, ""]:
        """The penalty of ``network``'s weights."""
        return self.strength * torch.stack([weight.square().sum() for weight in weights(network)]).sum()
