"""Recurrent layers step by step: torch's fused ones cannot be batched over their weights."""

import torch
from torch import Tensor, nn

from groklab.stacking.affine import affine


class Scan(nn.Module):
    """An ``nn.RNN`` (tanh), ``nn.LSTM`` or ``nn.GRU`` of one layer and direction, batch first; the names are theirs.

    Args:
        fused: The layer that it stands for; it takes its parameters.

    Raises:
        ValueError: It is of another form.

    Source: the equations in the documentation of ``torch.nn.RNN``, ``LSTM`` and ``GRU``.
    """

    weight_ih_l0: Tensor
    weight_hh_l0: Tensor
    bias_ih_l0: Tensor
    bias_hh_l0: Tensor

    def __init__(self, fused: nn.RNNBase) -> None:
        super().__init__()
        plain = fused.num_layers == 1 and not fused.bidirectional and fused.batch_first and fused.bias
        if not plain or fused.proj_size or fused.mode not in ("RNN_TANH", "LSTM", "GRU"):
            raise ValueError(f"{type(fused).__name__} of several layers or directions cannot be taken apart")
        self.mode, self.hidden_size = fused.mode, fused.hidden_size
        for name, parameter in fused.named_parameters():
            self.register_parameter(name, parameter)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """States [batch, time, hidden] of inputs [batch, time, inputs]."""
        inputs = affine(x, self.weight_ih_l0, self.bias_ih_l0)
        state = memory = torch.zeros_like(inputs[:, 0, : self.hidden_size])
        states = []
        for given in inputs.unbind(1):
            recurrent = affine(state, self.weight_hh_l0, self.bias_hh_l0)
            if self.mode == "LSTM":
                enter, forget, new, leave = (given + recurrent).chunk(4, dim=-1)
                memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * torch.tanh(new)
                state = torch.sigmoid(leave) * torch.tanh(memory)
            elif self.mode == "GRU":
                given_r, given_z, given_n = given.chunk(3, dim=-1)
                state_r, state_z, state_n = recurrent.chunk(3, dim=-1)
                keep = torch.sigmoid(given_z + state_z)
                new = torch.tanh(given_n + torch.sigmoid(given_r + state_r) * state_n)
                state = (1 - keep) * new + keep * state
            else:
                state = torch.tanh(given + recurrent)
            states.append(state)
        return torch.stack(states).transpose(0, 1), None  # in memory as torch's own have it
