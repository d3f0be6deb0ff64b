"""One optimizer over the rows of a stack, each row with the settings of its fit."""

import copy
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
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
        self._kernels: list[Callable[[], None]] | None = None
        self._join()
        for optimizer in self.optimizers:  # what a schedule looks for before its first step
            optimizer._opt_called = True  # type: ignore[attr-defined]

    def step(self) -> None:
        """A step of every fit.

        After torch's own first step, which makes the state, its fused kernels are called without what the optimizer
        looks up for each group anew.
        """
        if self._kernels is not None:
            for run in self._kernels:
                run()
            return
        self._all.step()
        self._kernels = self._fused()

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
        self._kernels = None
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
        self._kernels = None

    def _fused(self) -> list[Callable[[], None]] | None:
        """A call a row of the kernel that torch's optimizer comes to; None where it is another."""
        kernel = {Adam: _adam, AdamW: _adam, SGD: _sgd}.get(type(self._all))
        groups = self._all.param_groups
        if kernel is None or any(not group["fused"] or group["maximize"] or group.get("amsgrad") for group in groups):
            return None
        return [kernel(row, group, self._all.state[row]) for row, group in zip(self._own_rows, groups, strict=True)]

    def _join(self) -> None:
        self._all.param_groups = [optimizer.param_groups[0] for optimizer in self.optimizers]


def _adam(row: nn.Parameter, group: dict[str, Any], state: dict[str, Any]) -> Callable[[], None]:
    assert row.grad is not None
    step = state["step"]
    tensors: tuple[list[Tensor], ...] = (
        [row.data],
        [row.grad],
        [state["exp_avg"]],
        [state["exp_avg_sq"]],
        [],
        [step],
    )
    kernel = torch._fused_adamw_ if group["decoupled_weight_decay"] else torch._fused_adam_

    def run() -> None:
        step.add_(1)
        first, second = group["betas"]
        kernel(
            *tensors,
            lr=group["lr"],
            beta1=first,
            beta2=second,
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=False,
            maximize=False,
        )

    return run


def _sgd(row: nn.Parameter, group: dict[str, Any], state: dict[str, Any]) -> Callable[[], None]:
    assert row.grad is not None
    memory = state.get("momentum_buffer")
    tensors: tuple[list[Tensor], ...] = ([row.data], [row.grad], [] if memory is None else [memory])

    def run() -> None:
        torch._fused_sgd_(
            *tensors,
            weight_decay=group["weight_decay"],
            momentum=group["momentum"],
            lr=group["lr"],
            dampening=group["dampening"],
            nesterov=group["nesterov"],
            maximize=False,
            is_first_step=False,
        )

    return run
