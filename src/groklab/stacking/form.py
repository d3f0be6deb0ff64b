"""The form in which one computation serves all fits of a stack: what they differ in becomes a buffer."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from groklab.layers.sequence_input import SequenceInput
from groklab.stacking.affine import StackedLinear
from groklab.stacking.noise import StackedDropout
from groklab.stacking.normalize import StackedBatchNorm
from groklab.stacking.scan import Scan
from groklab.tasks.supervised import Supervised


class Costs(nn.Module):
    """From a batch to what the metrics keep of the outputs, and the terms of the cost.

    Args:
        task: The supervised task; its parts are used as they are.
    """

    def __init__(self, task: Supervised) -> None:
        super().__init__()
        self.network, self.loss, self.penalties = task.network, task.loss, task.penalties
        self._kept = task.targets.kept

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Kept outputs [batch, ...] and costs [terms]."""
        output = self.network(x)
        terms = [self.loss(output, y), *(penalty(self.network) for penalty in self.penalties.values())]
        return self._kept(output.detach()), torch.stack(terms) if len(terms) > 1 else terms[0][None]


class Common:
    """One computation for all tasks of a stack.

    Args:
        tasks: Equal but for the attributes that their parts call ``stackable``, and dropout rates.

    Raises:
        ValueError: A part has no form that can be stacked.
    """

    def __init__(self, tasks: Sequence[Supervised]) -> None:
        whole = [Costs(task) for task in tasks]
        self.module = copy.deepcopy(whole[0])
        for parameter in self.module.parameters():
            parameter.grad = None
        self.differing: dict[str, Tensor] = {}
        like = next(self.module.parameters())
        parts = [dict(each.named_modules()) for each in whole]
        for name, part in list(self.module.named_modules()):
            for attribute in getattr(part, "stackable", ()):
                values = [getattr(each[name], attribute) for each in parts]
                if isinstance(part, nn.Dropout):
                    self.differing[f"{name}.p"] = torch.tensor(values, dtype=torch.float64)
                else:
                    delattr(part, attribute)
                    part.register_buffer(attribute, like.new_tensor(values[0]), persistent=False)
                    self.differing[f"{name}.{attribute}"] = like.new_tensor(values)
        _replace(self.module)
        self.draws = any(isinstance(part, StackedDropout) for part in self.module.modules())
        if self.draws and any(isinstance(part, SequenceInput) for part in self.module.modules()):
            raise ValueError("dropout of sequences that alone are cut to the longest draws other numbers here")

    def keep(self, indices: Sequence[int]) -> None:
        """Drop all fits but these."""
        self.differing = {name: values[list(indices)] for name, values in self.differing.items()}


def _replace(module: nn.Module) -> None:
    """Put in what can be batched over fits, in the place of what cannot."""
    for name, part in module.named_children():
        if isinstance(part, nn.Dropout):
            setattr(module, name, StackedDropout(part.p))
        elif isinstance(part, nn.RNNBase):
            setattr(module, name, Scan(part))
        elif type(part) is nn.Linear:
            setattr(module, name, StackedLinear(part))
        elif isinstance(part, _BatchNorm):
            setattr(module, name, StackedBatchNorm(part))
        else:
            if isinstance(part, SequenceInput):
                part.trims = False
            _replace(part)
