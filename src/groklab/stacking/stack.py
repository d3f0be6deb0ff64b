"""K fits trained as one: their steps, and what each of them measures."""

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import torch
from torch import Tensor

from groklab.data.feed import Chunk
from groklab.seeds import derive
from groklab.stacking.backends import BACKENDS, Backend, Name
from groklab.stacking.noise import drawing_from
from groklab.stacking.optimizer import RowOptimizer
from groklab.stacking.rows import Rows
from groklab.tasks.supervised import Supervised


class NotFinite(Exception):
    """A fit's loss is no number any more.

    Args:
        index: Of the fit.
        value: What it became.
        step: Where.
    """

    def __init__(self, index: int, value: float, step: int) -> None:
        super().__init__(index, value, step)
        self.index, self.value, self.step = index, value, step


class Step(NamedTuple):
    """What a step of a stack leaves.

    Args:
        kept: What the metrics keep of the outputs [K, batch, ...].
        right: The targets that they compare it with [K, batch, ...].
        costs: Terms of the costs [K, parts, terms].
    """

    kept: Tensor
    right: Tensor
    costs: Tensor

    def of(self, indices: Sequence[int]) -> "Step":
        """Of these fits alone."""
        return Step(*(tensor[list(indices)] for tensor in self))


class Stack:
    """K supervised tasks on rows of common tensors; each step is one of every task, on its own batch.

    What is random in a task's step is a function of the task's seed and the step, as it is alone, never of its place
    in the stack. After the last there is one more that nobody looks at: torch computes the last few numbers of a tensor
    in another way than the rest, and one matrix product in another way than several.

    Args:
        tasks: Equal but for what can differ within a stack; on the device that trains.
        backend: How the batches are computed.
        device: Where.

    Raises:
        ValueError: The backend cannot compute them.
    """

    def __init__(self, tasks: Sequence[Supervised], backend: Name, *, device: torch.device) -> None:
        self.number = len(tasks)
        self.tasks = list(tasks)
        if backend != "loop":
            self.tasks.append(copy.deepcopy(tasks[0]))
        for task in self.tasks:
            task.train()
        self.rows = Rows([task.network for task in self.tasks])
        averaged = [task.kept_network for task in self.tasks if task.average is not None]
        self.averages = Rows(averaged) if averaged else None
        self._backend: Backend = BACKENDS[backend](self.tasks, self.rows, self.averages)
        self.backend: Name = backend
        self.optimizer = RowOptimizer(self.tasks, self.rows)
        self._generators = [torch.Generator(device) for _ in self.tasks]
        self._follows = bool(tasks[0].constraints) or tasks[0].average is not None
        self._alters = bool(tasks[0].augmentations) or tasks[0].mixture is not None
        self.num_steps = 0

    @property
    def shown(self) -> list[Supervised]:
        """The tasks that are looked at."""
        return self.tasks[: self.number]

    def step(self, x: Tensor, y: Tensor) -> Step:
        """One step of every task.

        Args:
            x: Inputs [K, batch, ...].
            y: Targets [K, batch, ...].
        """
        parts = self.tasks[0].accumulate_grad_batches
        if self._backend.draws or self._alters:
            for task, generator in zip(self.tasks, self._generators, strict=True):
                generator.manual_seed(derive(task.seed, "step", self.num_steps))
        self.rows.grads.zero_()
        found = []
        for own_x, own_y in zip(x.chunk(parts, dim=1), y.chunk(parts, dim=1), strict=True):
            own_x, own_y, right = self._altered(own_x, own_y)
            kept, costs = self._backend.descend(own_x, own_y, self._generators, parts)
            found.append(Step(kept, right, costs[:, None]))
        self._clip(self.tasks[0].gradient_clip_val)
        self.optimizer.step()
        for task, optimizer in zip(self.tasks, self.optimizer.optimizers, strict=True) if self._follows else ():
            task.after_step(optimizer)
        self.num_steps += 1
        if parts == 1:
            return found[0]
        return Step(*(torch.cat(column, dim=1) for column in zip(*found, strict=True)))

    def validate(self, batches: Iterable[Chunk], precision: Callable[[], AbstractContextManager[Any]]) -> None:
        """Loss and metrics of every task on the validation part; batches are computed within ``precision()``."""
        for task in self.shown:
            task.on_validation_epoch_start()
        for batch in batches:
            x, y = batch.x[0], batch.y[0]
            with precision():
                kept, losses = self._backend.validate(x, y)
                for index, task in enumerate(self.shown):
                    task.watch_validation(losses[index], kept[index], y)
        for task in self.shown:
            task.on_validation_epoch_end()

    def watch(self, steps: Sequence[Step]) -> None:
        """Have every task take in its part of some steps, the last ones.

        Raises:
            NotFinite: A task's loss was no number; none has taken anything in.
        """
        costs = torch.stack([step.costs for step in steps], dim=1)[: self.number].flatten(1, 2)  # [K, steps, terms]
        totals = costs.sum(-1)
        if not math.isfinite(float(totals.sum())):
            self._blame(totals, len(steps))
        kept = torch.stack([step.kept for step in steps], dim=1).flatten(1, 2)  # [K, rows, ...]
        right = torch.stack([step.right for step in steps], dim=1).flatten(1, 2)
        for index, task in enumerate(self.shown):
            task.watch_training(costs[index].contiguous(), kept[index], right[index])
            task.num_steps = self.num_steps

    def keep(self, indices: Sequence[int]) -> list[int]:
        """Drop all fits but these, which go on as if the others had never been there.

        Returns:
            The places that are computed on: these, and that of the one nobody looks at.
        """
        self.number = len(indices)
        indices = list(indices)
        if self.backend != "loop":
            indices.append(len(self.tasks) - 1)
        self.tasks = [self.tasks[index] for index in indices]
        self._generators = [self._generators[index] for index in indices]
        self.rows.keep(indices)
        if self.averages is not None:
            self.averages.keep(indices)
        self.optimizer.keep(indices)
        self._backend.keep(indices)
        return indices

    def _blame(self, totals: Tensor, num_steps: int) -> None:
        for index, row in enumerate(totals.tolist()):
            for number, value in enumerate(row):
                if not math.isfinite(value):
                    of_step = number * num_steps // len(row)
                    raise NotFinite(index, value, self.num_steps - num_steps + of_step)

    def _altered(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Augmented and mixed, each task's batch by its own random numbers."""
        if not self._alters:
            return x, y, y
        found = []
        for task, own_x, own_y, generator in zip(self.tasks, x, y, self._generators, strict=True):
            with drawing_from(generator):
                found.append(task.alter(own_x, own_y))
        new_x, new_y, right = (torch.stack(column) for column in zip(*found, strict=True))
        return new_x, new_y, right

    def _clip(self, longest: float) -> None:
        if longest:
            lengths = torch.linalg.vector_norm(self.rows.grads, dim=1)
            self.rows.grads.mul_((longest / (lengths + 1e-6)).clamp(max=1.0)[:, None])
