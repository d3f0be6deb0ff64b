"""Standardization by the statistics of the training part."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor, nn


class Standardize(nn.Module):
    """``(x - mean) / std``, in float32; ``invert`` undoes it.

    Args:
        mean: Numbers that broadcast to one example, in the data's units.
        std: The same for the standard deviation, > 0.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[Any], std: Sequence[Any]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32), persistent=False)
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32), persistent=False)

    def forward(self, x: Shaped[Tensor, "batch *shape"]) -> Shaped[Tensor, "batch *shape"]:
        """From data units to zero mean and unit variance."""
        return (x.to(self.mean.dtype) - self.mean) / self.std

    def invert(self, x: Shaped[Tensor, "batch *shape"]) -> Shaped[Tensor, "batch *shape"]:
        """Back to data units."""
        return x * self.std + self.mean


class Inverse(nn.Module):
    """Undoes a :class:`Standardize`."""

    def __init__(self, scale: Standardize) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Shaped[Tensor, "batch *shape"]) -> Shaped[Tensor, "batch *shape"]:
        """Back to data units."""
        return self.scale.invert(x)
