"""Recurrent network for sequences of tokens or frames."""

from collections.abc import Callable
from typing import Annotated, ClassVar

import torch
from jaxtyping import Float, Int
from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from groklab.layers.pooling import Pooling, last, pool
from groklab.layers.recurrence import Cell, Recurrence
from groklab.layers.sequence_input import SequenceInput


class Recurrent(nn.Module):
    """``W drop(pool(h_1..h_n)) + b`` of the states h of stacked recurrent layers at the n valid steps.

    With a head, ``p = pool(h_1..h_n)`` goes through a hidden layer: ``W drop(activation(V drop(p) + c)) + b``.

    Args:
        input_shape: [length] of tokens, or [time, features] of frames.
        num_outputs: Classes or targets.
        num_tokens: Vocabulary, with the padding 0; 0 means frames.
        embedding_size: Features of a token; not used for frames.
        cell: rnn (tanh), lstm or gru.
        hidden_size: Units of a layer and direction.
        num_layers: Recurrent layers.
        bidirectional: Whether to read backward too.
        pooling: last (the state after having read all: of the last valid step, backward of the first), mean, max or
            sum. A sum grows with the sequence, as an extensive property does.
        head_size: Units of the head's hidden layer; 0 leaves it out.
        activation: Makes the activation of the head.
        drop: Makes the dropout between two layers and before each affine map of the output.

    Raises:
        ValueError: The input is neither tokens nor frames.

    Source: Goodfellow, Bengio & Courville (2016), Deep Learning, sections 10.2, 10.3, 10.5 and 10.10.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        num_tokens: NonNegativeInt = 0,
        embedding_size: PositiveInt = 32,
        cell: Cell = "gru",
        hidden_size: PositiveInt = 64,
        num_layers: PositiveInt = 1,
        bidirectional: bool = False,
        pooling: Pooling = "last",
        head_size: NonNegativeInt = 0,
        activation: Callable[[], nn.Module] = nn.ReLU,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.input = SequenceInput(input_shape, num_tokens, embedding_size)
        self.recurrence = Recurrence(
            self.input.num_features,
            hidden_size,
            cell=cell,
            num_layers=num_layers,
            bidirectional=bidirectional,
            drop=drop,
        )
        self.pooling, self.hidden_size = pooling, hidden_size
        size = self.recurrence.num_outputs
        head = [drop(), nn.Linear(size, head_size), activation()] if head_size else []
        self.output = nn.Sequential(*head, drop(), nn.Linear(head_size or size, num_outputs))

    def forward(
        self, x: Float[Tensor, "batch time features"] | Int[Tensor, "batch time"]
    ) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        features, valid = self.input(x)
        states = self.recurrence(features, valid)
        if self.pooling == "last" and self.recurrence.bidirectional:
            ahead, back = states.split(self.hidden_size, dim=-1)
            pooled = torch.cat([last(ahead, valid), last(back[:, :1], valid.any(dim=1, keepdim=True))], dim=-1)
        else:
            pooled = pool(states, valid, self.pooling)
        outputs: Tensor = self.output(pooled)
        return outputs
