"""What a gradient penalty is: a term of the discriminator's loss that depends on how steep it is."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float, Int64
from pydantic import NonNegativeFloat, PositiveInt
from torch import Tensor, nn

Images = Float[Tensor, "batch channels height width"]
Classes = Int64[Tensor, " batch"]


class GradientPenalty(nn.Module, ABC):
    """A term that is added in every ``every``-th step, that many times, which costs less and comes to the same.

    Args:
        strength: Loss per unit of the penalty, >= 0.
        every: Steps from one to the next, >= 1.

    Source: laziness: Karras et al. (2020), CVPR, section 3.1.
    """

    slot: ClassVar[str] = "gradient"

    def __init__(self, *, strength: NonNegativeFloat, every: PositiveInt) -> None:
        super().__init__()
        self.strength, self.every = strength, every

    def forward(
        self, discriminator: nn.Module, real: Images, fake: Images, classes: Classes, step: int
    ) -> Float[Tensor, ""]:
        """The term of a step; 0 in the steps between."""
        if step % self.every:
            return torch.zeros((), device=real.device)
        points = self.points(real, fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(discriminator(points, classes).sum(), points, create_graph=True)
        return self.every * self.strength * self.cost(slope.flatten(1))

    @abstractmethod
    def points(self, real: Images, fake: Images) -> Images:
        """Where the slope is looked at."""

    @abstractmethod
    def cost(self, slope: Float[Tensor, "batch numbers"]) -> Float[Tensor, ""]:
        """The penalty of the slopes."""
