"""One optimizer over the rows of a stack, each row with the settings of its fit."""

import copy
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.optim import SGD, Adagrad, Adam, AdamW, NAdam, Optimizer, RMSprop

from groklab.stacking.rows import Rows
from groklab.tasks.supervised import Supervised

ELEMENTWISE = (SGD, Adagrad, Adam, AdamW, NAdam, RMSprop)  # what a number gets depends on its own gradients alone


class RowOptimizer:
    """The tasks' own optimizers, stepped by one call; each keeps its group of settings, which its schedule changes.

    Args:
        tasks: Equal but for numbers in the optimizer's settings.
        rows: Their networks.
    """

    def __init__(self, tasks: Sequence[Supervised], rows: Rows) -> None:
        self._rows = rows
        self._own_rows = [rows.row(index) for index in range(len(tasks))]
        self.optimizers: list[Optimizer] = [
            task.make_optimizer([row]) for task, row in zip(tasks, self._own_rows, strict=True)
        ]
        self._all = copy.copy(self.optimizers[0])
        self._all.state = defaultdict(dict)
        self._join()
        for optimizer in self.optimizers:  # what a schedule looks for before its first step
            optimizer._opt_called = True  # type: ignore[attr-defined]

    def step(self) -> None:
        """A step of every fit."""
        self._all.step()

    def keep(self, indices: Sequence[int]) -> None:
        """Drop all fits but these; the rows have been."""
        rows = [self._rows.row(index) for index in range(len(indices))]
        state: defaultdict[Tensor, Any] = defaultdict(dict)
        for row, index in zip(rows, indices, strict=True):
            if (before := self._own_rows[index]) in self._all.state:
                state[row] = self._all.state[before]
        self.optimizers = [self.optimizers[index] for index in indices]
        for optimizer, row in zip(self.optimizers, rows, strict=True):
            optimizer.param_groups[0]["params"] = [row]
        self._all.state, self._own_rows = state, rows
        self._join()

    def state_of(self, index: int) -> dict[str, Any]:
        """What one fit goes on from."""
        group = {name: value for name, value in self.optimizers[index].param_groups[0].items() if name != "params"}
        return {"group": group, "state": dict(self._all.state.get(self._own_rows[index], {}))}

    def load(self, index: int, state: dict[str, Any]) -> None:
        """Take it up again."""
        self.optimizers[index].param_groups[0].update(state["group"])
        if state["state"]:
            self._all.state[self._own_rows[index]] = state["state"]

    def _join(self) -> None:
        self._all.param_groups = [optimizer.param_groups[0] for optimizer in self.optimizers]
