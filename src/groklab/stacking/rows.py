"""Modules of one shape whose numbers lie side by side."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

_ALIGNED = 16  # numbers; so that a matrix begins where vector instructions like it, in whichever row it lies


class Rows:
    """Parameters and buffers of K modules as rows of stacked tensors; the modules go on as they were, on their rows.

    What is done to a module's parameters in place is done to its row, and the other way round.

    Args:
        modules: K of one shape and type of number.
    """

    def __init__(self, modules: Sequence[nn.Module]) -> None:
        self.modules = list(modules)
        first = dict(self.modules[0].named_parameters())
        self._places: dict[str, tuple[int, torch.Size]] = {}
        size = 0
        for name, parameter in first.items():
            self._places[name] = (size, parameter.shape)
            size += -(-parameter.numel() // _ALIGNED) * _ALIGNED
        like = next(iter(first.values()))
        flat = torch.zeros(len(self.modules), size, dtype=like.dtype, device=like.device)
        for row, module in zip(flat, self.modules, strict=True):
            for name, parameter in module.named_parameters():
                start, _ = self._places[name]
                row[start : start + parameter.numel()] = parameter.detach().reshape(-1)
        buffers = [dict(module.named_buffers()) for module in self.modules]
        self._take(flat, {name: torch.stack([each[name] for each in buffers]) for name in buffers[0]})

    def _take(self, flat: Tensor, buffers: dict[str, Tensor]) -> None:
        self.flat, self.grads = flat, torch.zeros_like(flat)
        self.buffers = buffers
        self.parameters: dict[str, Tensor] = {}
        for name, (start, shape) in self._places.items():
            columns = slice(start, start + math.prod(shape))
            stacked = flat[:, columns].unflatten(1, shape) if shape else flat[:, start]
            gradient = self.grads[:, columns].unflatten(1, shape) if shape else self.grads[:, start]
            self.parameters[name] = stacked.requires_grad_()
            stacked.grad = gradient
            for module, value, slope in zip(self.modules, stacked.detach(), gradient, strict=True):
                parameter = module.get_parameter(name)
                parameter.data = value
                parameter.grad = slope
        for name, values in buffers.items():
            path, _, leaf = name.rpartition(".")
            for module, value in zip(self.modules, values, strict=True):
                module.get_submodule(path)._buffers[leaf] = value

    def row(self, index: int) -> nn.Parameter:
        """All parameters of one module, and their gradients, as one: for an optimizer that knows no shapes."""
        row = nn.Parameter(self.flat[index])
        row.grad = self.grads[index]
        return row

    def keep(self, indices: Sequence[int]) -> None:
        """Drop all but these; the rows move, so what was taken of them is stale."""
        chosen = torch.tensor(list(indices), device=self.flat.device)
        self.modules = [self.modules[index] for index in indices]
        self._take(
            self.flat.detach().index_select(0, chosen),
            {name: values.index_select(0, chosen) for name, values in self.buffers.items()},
        )
