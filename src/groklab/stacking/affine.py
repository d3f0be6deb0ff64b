"""Affine maps whose result for one fit does not depend on where its numbers lie."""

import torch
from torch import Tensor, nn
from torch.nn import functional

_ALIGNED_ROWS = 16  # of any width: then each fit's numbers begin at a multiple of 64 bytes


def affine(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """``x @ weight.T + bias``, with rows of zeros to a multiple of 16 in both matrices.

    MKL's matrix product rounds in another way where a matrix begins elsewhere than at a multiple of 64 bytes
    (oneMKL developer guide, "Obtaining numerically reproducible results").
    """
    whole = functional.linear(_padded(x), _padded(weight), None if bias is None else _padded(bias))
    return whole[: len(x), ..., : len(weight)]


def _padded(matrix: Tensor) -> Tensor:
    missing = -len(matrix) % _ALIGNED_ROWS
    return torch.cat([matrix, matrix.new_zeros(missing, *matrix.shape[1:])]) if missing else matrix


class StackedLinear(nn.Module):
    """``nn.Linear`` within a stack.

    Args:
        like: The layer that it stands for; it takes its parameters.
    """

    def __init__(self, like: nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = like.weight, like.bias

    def forward(self, x: Tensor) -> Tensor:
        """Affine map of the last axis."""
        return affine(x, self.weight, self.bias)
