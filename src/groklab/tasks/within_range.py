"""Drawn images in the data's units."""

from jaxtyping import Float
from torch import Tensor, nn

from groklab.data.scaling import Standardize


class WithinRange(nn.Module):
    """Undoes a :class:`Standardize` and keeps what comes out within the data's range.

    Args:
        scale: From the data's units to the generator's.
        lowest: Of the data.
        highest: Of the data.
    """

    def __init__(self, scale: Standardize, lowest: float, highest: float) -> None:
        super().__init__()
        self.scale, self.lowest, self.highest = scale, lowest, highest

    def forward(self, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch *shape"]:
        """Images in the data's units."""
        return self.scale.invert(x).clamp(self.lowest, self.highest)
