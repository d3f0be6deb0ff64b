"""Stacked recurrent layers, in one or both directions of time."""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from groklab.layers.padding import reverse

Cell = Literal["rnn", "lstm", "gru"]
_CELLS: dict[Cell, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Recurrence(nn.Module):
    """``num_layers`` times ``h_t = cell(x_t, h_{t-1})`` with ``h_0 = 0``; the next layer reads drop(h).

    With both directions, ``h_t`` is the state forward in time beside the state backward in time. Padding stands at the
    end: forward it comes too late to matter, backward the sequence is turned around without it.

    Args:
        num_inputs: Features of a step.
        hidden_size: Units of a layer and direction.
        cell: rnn (tanh), lstm or gru.
        num_layers: Layers.
        bidirectional: Whether to read backward too.
        drop: Makes the dropout between two layers.

    Source: Elman (1990), Cognitive Science 14; Hochreiter & Schmidhuber (1997), Neural Computation 9(8); Cho et al.
        (2014), EMNLP, section 2.3; Schuster & Paliwal (1997), IEEE Trans. Signal Processing 45(11), section II.
    """

    def __init__(
        self,
        num_inputs: int,
        hidden_size: int,
        *,
        cell: Cell = "gru",
        num_layers: int = 1,
        bidirectional: bool = False,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        directions = 2 if bidirectional else 1
        sizes = [num_inputs] + [directions * hidden_size] * (num_layers - 1)
        make = _CELLS[cell]
        self.forward_layers = nn.ModuleList(make(size, hidden_size, batch_first=True) for size in sizes)
        self.backward_layers = nn.ModuleList(
            make(size, hidden_size, batch_first=True) for size in sizes if bidirectional
        )
        self.drops = nn.ModuleList([nn.Identity(), *(drop() for _ in sizes[1:])])
        self.bidirectional = bidirectional
        self.num_outputs = directions * hidden_size

    def forward(
        self, x: Float[Tensor, "batch time inputs"], valid: Bool[Tensor, "batch time"]
    ) -> Float[Tensor, "batch time outputs"]:
        """The last layer's state at each step, in the order of time; those of padding mean nothing."""
        for i, (layer, drop) in enumerate(zip(self.forward_layers, self.drops, strict=True)):
            x = drop(x)
            ahead = layer(x)[0]
            if self.bidirectional:
                back = reverse(self.backward_layers[i](reverse(x, valid))[0], valid)
                x = torch.cat([ahead, back], dim=-1)
            else:
                x = ahead
        return x
