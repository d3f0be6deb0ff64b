"""L1 penalty: makes weights sparse."""

from typing import ClassVar

import torch
from jaxtyping import Float
from pydantic import NonNegativeFloat
from torch import Tensor, nn

from groklab.regularizers.penalty import Penalty, weights


class L1(Penalty):
    """``strength * sum(|w|)`` over weights of rank >= 2, in units of the loss.

    Args:
        strength: Loss per unit of absolute weight, >= 0; 0 disables.

    Raises:
        ValueError: ``strength`` is negative.

    Source: Tibshirani (1996), JRSS-B 58(1), Lagrangian form.
    """

    stackable: ClassVar[tuple[str, ...]] = ("strength",)

    def __init__(self, strength: NonNegativeFloat = 1e-5) -> None:
        super().__init__()
        if strength < 0:
            raise ValueError(f"strength={strength} is negative; give 0 or more")
        self.strength = strength

    def forward(self, network: nn.Module) -> Float[Tensor, ""]:
        """The penalty of ``network``'s weights."""
        return self.strength * torch.stack([weight.abs().sum() for weight in weights(network)]).sum()
