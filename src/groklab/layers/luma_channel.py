"""Luma within a network."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from groklab.layers.luma import WEIGHTS


class LumaChannel(nn.Module):
    """``0.299 R + 0.587 G + 0.114 B``, in the units of the input, whose channels have one scale; grey is its own luma.

    What is added to all channels alike adds as much to luma, and nothing to the differences of colour.

    Args:
        num_channels: 1 (grey) or 3 (red, green, blue).
    """

    weights: Tensor

    def __init__(self, num_channels: int) -> None:
        super().__init__()
        weights = torch.tensor(WEIGHTS if num_channels == 3 else [1.0]).view(1, -1, 1, 1)
        self.register_buffer("weights", weights / weights.sum(), persistent=False)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch 1 height width"]:
        """Luma of each pixel."""
        return (x * self.weights.to(x.dtype)).sum(1, keepdim=True)


def check_enlarged(input_shape: Sequence[int], scale: int) -> None:
    """Refuse what cannot be enlarged.

    Raises:
        ValueError: ``input_shape`` is no grey or colour image, or ``scale`` is 1.
    """
    if len(input_shape) != 3 or input_shape[0] not in (1, 3):
        raise ValueError(
            f"input_shape {list(input_shape)} is no image [1 or 3 channels, height, width]; choose other data, "
            "such as data=photographs"
        )
    if scale < 2:
        raise ValueError(f"scale={scale} enlarges nothing; give 2 or more")
