"""An affine map for each channel."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class ChannelwiseLinear(nn.Module):
    """``W_c x_c + b_c`` for each channel c, started like torch.nn.Linear.

    Args:
        num_channels: Channels.
        num_inputs: Numbers of a channel.
        num_outputs: Results of a channel.
    """

    def __init__(self, num_channels: int, num_inputs: int, num_outputs: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(num_inputs)
        self.weight = nn.Parameter(torch.empty(num_channels, num_outputs, num_inputs).uniform_(-bound, bound))
        # of rank 1, as penalties take what has a higher rank for weights
        self.bias = nn.Parameter(torch.empty(num_channels * num_outputs).uniform_(-bound, bound))

    def forward(self, x: Float[Tensor, "batch channels inputs"]) -> Float[Tensor, "batch channels outputs"]:
        """The results of each channel."""
        mapped = torch.einsum("bci,coi->bco", x, self.weight)
        return mapped + self.bias.view(self.weight.shape[:2])
