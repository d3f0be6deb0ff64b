"""R1: a discriminator that is flat where the data are."""

from jaxtyping import Float
from pydantic import NonNegativeFloat, PositiveInt
from torch import Tensor

from groklab.regularizers.gradient import GradientPenalty, Images


class R1(GradientPenalty):
    """``strength / 2 * mean |slope of D at real images|^2``.

    Args:
        strength: gamma of the source, >= 0.
        every: As in :class:`GradientPenalty`.

    Source: Mescheder, Geiger & Nowozin (2018), ICML, equation 9.
    """

    def __init__(self, *, strength: NonNegativeFloat = 0.1, every: PositiveInt = 4) -> None:
        super().__init__(strength=strength, every=every)

    def points(self, real: Images, fake: Images) -> Images:
        """The real ones."""
        return real

    def cost(self, slope: Float[Tensor, "batch numbers"]) -> Float[Tensor, ""]:
        """Half the mean squared length."""
        return slope.square().sum(1).mean() / 2
