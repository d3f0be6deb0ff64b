"""Positions: what tells a transformer the order of its steps."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SinusoidalPositions(nn.Module):
    """``x[t] + p[t]`` with ``p[t, 2i] = sin(t / 10000^(2i/size))`` and ``p[t, 2i+1] = cos(t / 10000^(2i/size))``.

    Args:
        size: Features of a step.

    Source: Vaswani et al. (2017), NeurIPS, section 3.5.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Float[Tensor, "batch time size"]) -> Float[Tensor, "batch time size"]:
        """Features with the position in them, for any number of steps."""
        steps = torch.arange(x.shape[1], device=x.device, dtype=torch.float32).unsqueeze(-1)
        even = torch.arange(0, self.size, 2, device=x.device, dtype=torch.float32)
        angles = steps * torch.exp(-math.log(10_000) / self.size * even)
        waves = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, : self.size]
        return x + waves.to(x.dtype)


class LearnedPositions(nn.Module):
    """``x[t] + p[t]`` with learned ``p``, normal with standard deviation ``std`` at first.

    Args:
        num_steps: Steps of the longest sequence.
        size: Features of a step.
        std: Spread of the first positions.

    Raises:
        ValueError: A sequence has more steps.

    Source: Radford et al. (2018), GPT, section 4.1.
    """

    def __init__(self, num_steps: int, size: int, *, std: float = 0.02) -> None:
        super().__init__()
        self.positions = nn.Parameter(std * torch.randn(num_steps, size))

    def forward(self, x: Float[Tensor, "batch time size"]) -> Float[Tensor, "batch time size"]:
        """Features with the position in them."""
        if x.shape[1] > len(self.positions):
            raise ValueError(f"a sequence of {x.shape[1]} steps is longer than {len(self.positions)}; cut it")
        return x + self.positions[: x.shape[1]]
