"""The gradient penalty of Wasserstein GANs: a discriminator whose slope is 1."""

import torch
from jaxtyping import Float
from pydantic import NonNegativeFloat, PositiveInt
from torch import Tensor

from groklab.regularizers.gradient import GradientPenalty, Images


class UnitGradient(GradientPenalty):
    """``strength * mean (|slope of D| - 1)^2`` at a random point between each real image and a drawn one.

    Args:
        strength: lambda of the source, >= 0.
        every: As in :class:`GradientPenalty`.

    Source: Gulrajani et al. (2017), NIPS 30, equation 3.
    """

    def __init__(self, *, strength: NonNegativeFloat = 10.0, every: PositiveInt = 1) -> None:
        super().__init__(strength=strength, every=every)

    def points(self, real: Images, fake: Images) -> Images:
        """Somewhere on the way from one to the other."""
        return torch.lerp(real, fake, torch.rand(len(real), 1, 1, 1, device=real.device))

    def cost(self, slope: Float[Tensor, "batch numbers"]) -> Float[Tensor, ""]:
        """Mean squared distance of the lengths from 1."""
        lengths: Tensor = slope.norm(dim=1)
        return (lengths - 1).square().mean()
