"""Convolutional network for sequences."""

from collections.abc import Callable, Sequence
from typing import Annotated

import torch
from jaxtyping import Float, Int
from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn
from torch.nn.functional import pad

from groklab.layers.padding import sequence_lengths
from groklab.layers.pooling import maximum
from groklab.layers.sequence_input import SequenceInput


class TextCNN(nn.Module):
    """For each width w the largest ``activation(W x[t:t+w] + b)`` over t; all of them through drop and an affine map.

    Windows lie inside of the sequence. One that is shorter than a width has a single window, filled up with 0.

    Args:
        input_shape: [length] of tokens, or [time, features] of frames.
        num_outputs: Classes or targets.
        num_tokens: Vocabulary, with the padding 0; 0 means frames.
        embedding_size: Features of a token; not used for frames.
        widths: Steps in a window, of each kind of window.
        channels: Feature maps of each width.
        activation: Makes one activation.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is neither tokens nor frames.

    Source: Kim (2014), EMNLP, section 2.
    """

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        num_tokens: NonNegativeInt = 0,
        embedding_size: PositiveInt = 64,
        widths: Annotated[Sequence[PositiveInt], Field(min_length=1)] = (3, 4, 5),
        channels: PositiveInt = 64,
        activation: Callable[[], nn.Module] = nn.ReLU,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.input = SequenceInput(input_shape, num_tokens, embedding_size)
        self.widths = list(widths)
        self.convolutions = nn.ModuleList(nn.Conv1d(self.input.num_features, channels, width) for width in widths)
        self.activation = activation()
        self.output = nn.Sequential(drop(), nn.Linear(len(self.widths) * channels, num_outputs))

    def forward(
        self, x: Float[Tensor, "batch time features"] | Int[Tensor, "batch time"]
    ) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        features, valid = self.input(x)
        lengths = sequence_lengths(valid).unsqueeze(-1)
        starts = torch.arange(valid.shape[1], device=valid.device).unsqueeze(0)
        pooled = []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            maps = self.activation(convolution(pad(features.transpose(1, 2), (0, width - 1)))).transpose(1, 2)
            pooled.append(maximum(maps, starts <= (lengths - width).clamp(min=0)))
        outputs: Tensor = self.output(torch.cat(pooled, dim=-1))
        return outputs
