"""A convolution over frames that neither sees padding nor makes something of it."""

from typing import Any, Literal, cast

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


class FrameConvolution(nn.Module):
    """``drop(activation(norm(convolution)))`` at every ``stride``-th step that is valid, 0 elsewhere.

    A step is valid if the one at its centre was. Absent steps count as 0 for the convolution, as does what lies beyond
    the first and last one; a norm layer sees none of them.

    Args:
        num_inputs: Channels before.
        num_outputs: Channels after.
        dimensions: 1 for [batch, channels, time]; 2 for [batch, channels, time, features], of which every other
            feature is kept.
        kernel_size: Steps (and features) that are seen, odd.
        stride: Steps that become one.
        norm: Normalizes the channels.
        activation: Of the channels.
        drop: Dropout.
    """

    def __init__(
        self,
        num_inputs: int,
        num_outputs: int,
        *,
        dimensions: Literal[1, 2],
        kernel_size: int,
        stride: int,
        norm: nn.Module,
        activation: nn.Module,
        drop: nn.Module,
    ) -> None:
        super().__init__()
        half = kernel_size // 2
        self.convolution: nn.Module
        if dimensions == 1:
            self.convolution = nn.Conv1d(num_inputs, num_outputs, kernel_size, stride=stride, padding=half)
        else:
            self.convolution = nn.Conv2d(num_inputs, num_outputs, kernel_size, stride=(stride, 2), padding=half)
        self.stride, self.norm, self.activation, self.drop = stride, norm, activation, drop

    def forward(
        self, x: Float[Tensor, "batch channels time *features"], valid: Bool[Tensor, "batch time"]
    ) -> tuple[Float[Tensor, "batch more steps *fewer"], Bool[Tensor, "batch steps"]]:
        """Channels at the steps, and which of these are there."""
        valid = valid[:, :: self.stride]
        steps = cast(Tensor, self.convolution(x))
        absent = ~valid.view(valid.shape[0], 1, valid.shape[1], *[1] * (steps.ndim - 3))
        steps = steps.masked_fill(absent, 0.0)
        if not isinstance(self.norm, nn.Identity):
            steps = self._normed(steps, valid)
        made: Any = self.drop(self.activation(steps))
        return made.masked_fill(absent, 0.0), valid

    def _normed(self, steps: Tensor, valid: Tensor) -> Tensor:
        if not self.training:
            return cast(Tensor, self.norm(steps))
        last = steps.movedim(1, -1)  # the statistics of a batch are those of its valid steps
        normed = torch.zeros_like(last)
        normed[valid] = cast(Tensor, self.norm(last[valid].movedim(-1, 1))).movedim(1, -1)
        return normed.movedim(-1, 1)
