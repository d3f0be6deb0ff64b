"""The fits of a stack, from their start to their ends."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from groklab.coordinator import Pruned
from groklab.data.feed import Batches, Chunk, Order
from groklab.errors import UserError
from groklab.stacking.backends import Name
from groklab.stacking.stack import NotFinite, Stack, Step
from groklab.stacking.trial import Trial
from groklab.tasks.supervised import Supervised
from groklab.training.fit import VALIDATION_BATCH, Fitted
from groklab.training.interrupts import Interrupted, Interrupts
from groklab.training.request import FitRequest

End = Callable[[FitRequest, Fitted | BaseException], None]
_GATHERED_BYTES = 64 * 2**20  # of a stack's batches at once
_DTYPES = {"64-true": torch.float64, "bf16-true": torch.bfloat16}
_log = logging.getLogger(__name__)


class StackedFit:
    """Fits that go through their epochs together; one that fails or is pruned leaves the others as they are.

    Args:
        requests: The fits, equal but for what can differ within a stack.
        states: What each had reached, all of them the same epoch; None for those that begin.
        backend: How batches are computed.
        interrupts: Where requests to stop arrive.
        end: Called with a fit and what it leaves or what ended it, as soon as it is over.

    Raises:
        ValueError: The backend cannot compute them.
    """

    def __init__(
        self,
        requests: Sequence[FitRequest],
        states: Sequence[dict[str, Any] | None],
        *,
        backend: Name,
        interrupts: Interrupts,
        end: End,
    ) -> None:
        self.fit = requests[0].fit
        torch.set_num_threads(self.fit.num_threads)
        self.place = Place(requests[0])
        self.backend, self._interrupts, self._end = backend, interrupts, end
        self.trials = [Trial(request) for request in requests]
        for trial in self.trials:
            self.place.bring(trial.task)
        self.stack = self.place.stack([trial.task for trial in self.trials], backend)
        for trial, optimizer in zip(self.trials, self.stack.optimizer.optimizers, strict=False):
            trial.schedule(optimizer)
        self.first_epoch = 0
        for index, (trial, state) in enumerate(zip(self.trials, states, strict=True)):
            if state is not None:
                trial.load(state, index, self.stack.optimizer)
                self.first_epoch, self.stack.num_steps = state["next_epoch"], state["num_steps"]
        self._begun_with = len(requests)

    def run(self) -> None:
        """Train until every fit is over.

        Raises:
            Interrupted: A signal asked to stop; the epoch was ended and a checkpoint saved.
        """
        self._interrupts.install()
        self._interrupts.deferring = True
        try:
            self._run()
        finally:
            self._interrupts.deferring = False

    def _run(self) -> None:
        self._drop(self._caught_of_each(lambda trial: self.place.check(trial.task)))
        self._drop(self._caught_of_each(Trial.begin))
        saved = time.monotonic()
        for epoch in range(self.first_epoch, self.fit.max_epochs):
            started = time.monotonic()
            if self.trials:
                self._train(epoch)
            if not self.trials:
                return
            self.stack.validate(self.place.validation, self.place.precision)
            share = (time.monotonic() - started) / len(self.trials)
            self._end_epoch(epoch, share)
            asked = self._interrupts.pending
            if asked is not None or time.monotonic() - saved >= self.fit.checkpoint_every_s:
                self._save(epoch + 1)
                saved = time.monotonic()
            if asked is not None:
                raise Interrupted(asked)
        about = {"fits": self._begun_with, "backend": self.backend}
        for trial in self.trials:
            try:
                done = trial.fitted(self.stack.num_steps, self.fit.max_epochs, str(self.place.device), about)
            except UserError as error:
                self._end(trial.request, error)
            else:
                self._end(trial.request, done)

    def _end_epoch(self, epoch: int, share: float) -> None:
        self._drop(self._caught_of_each(lambda trial: trial.end_epoch(epoch, self.stack.num_steps, share)))

    def _caught_of_each(self, do: Callable[[Trial], None]) -> dict[int, BaseException | None]:
        """Errors by the place of the trial."""
        found = {index: _caught(do, trial) for index, trial in enumerate(self.trials)}
        return {index: error for index, error in found.items() if error is not None}

    def states(self, next_epoch: int) -> list[dict[str, Any]]:
        """What each fit goes on from."""
        return [
            trial.state(
                index,
                self.stack.optimizer,
                backend=self.backend,
                next_epoch=next_epoch,
                num_steps=self.stack.num_steps,
            )
            for index, trial in enumerate(self.trials)
        ]

    def _save(self, next_epoch: int) -> None:
        for trial, state in zip(self.trials, self.states(next_epoch), strict=True):
            trial.save(state)

    def _train(self, epoch: int) -> None:
        order = self.place.order(self.stack, epoch)  # [batches, K, batch]
        for chunk in range(0, len(order), self.fit.batches_per_call):
            steps: list[Step] = []
            for rows in order[chunk : chunk + self.fit.batches_per_call].split(self.place.at_once(order)):
                x, y = self.place.rows(rows)
                with self.place.precision():
                    steps += [self.stack.step(own_x, own_y) for own_x, own_y in zip(x, y, strict=True)]
            while self.trials:
                try:
                    with self.place.precision():
                        self.stack.watch(steps)
                    break
                except NotFinite as lost:
                    error = _caught(self.trials[lost.index].task.not_finite, lost.value, lost.step)
                    kept = self._drop({lost.index: error})
                    steps = [step.of(kept) for step in steps]
                    order = order[:, kept]
            if not self.trials:
                return

    def _drop(self, errors: dict[int, BaseException | None]) -> list[int]:
        """End these fits by their errors; the places of what goes on, in the stack as it was."""
        if not errors:
            return list(range(len(self.stack.tasks)))
        for index, error in errors.items():
            if error is not None:
                self._end(self.trials[index].request, error)
        kept = [index for index in range(len(self.trials)) if index not in errors]
        self.trials = [self.trials[index] for index in kept]
        return self.stack.keep(kept) if kept else []


class Place:
    """The device of a stack, and its data there.

    Args:
        request: One of the fits; its data are those of all.
    """

    def __init__(self, request: FitRequest) -> None:
        fit = request.fit
        self._fabric = Fabric(accelerator=fit.accelerator, devices=1, precision=fit.precision)
        self.device = self._fabric.device
        self._dtype = _DTYPES.get(fit.precision)
        (x, y), (val_x, val_y) = request.parts()
        self._x, self._y = self._brought(x), self._brought(y)
        self._batch_size = min(fit.batch_size, len(x))
        self.num_batches = len(x) // self._batch_size
        self.validation = Batches(
            self._brought(val_x), self._brought(val_y), batch_size=max(fit.batch_size, VALIDATION_BATCH)
        )

    def bring(self, task: torch.nn.Module) -> None:
        """Move a task here, in the numbers of the precision, by the calls that Lightning makes.

        ``double`` leaves metrics and whole numbers as they are; ``to`` leaves whole numbers.
        """
        task.to(self.device)
        if self._dtype is torch.float64:
            task.double()
        elif self._dtype is not None:
            task.to(dtype=self._dtype)

    def stack(self, tasks: Sequence[Any], backend: Name) -> Stack:
        """Tasks that are here as one."""
        return Stack(tasks, backend, device=self.device)

    def precision(self) -> AbstractContextManager[Any]:
        """Where steps run, as Lightning runs those of one fit."""
        context: AbstractContextManager[Any] = self._fabric.autocast()
        return context

    def check(self, task: Supervised) -> None:
        """See that a task's outputs and targets belong together.

        Raises:
            UserError: They do not.
        """
        batch = slice(self._batch_size)
        with self.precision():
            task.check_shapes(Chunk(self._x[None, batch], self._y[None, batch]))

    def order(self, stack: Stack, epoch: int) -> Tensor:
        """Which examples each task sees in an epoch [batches, K, batch]."""
        orders = []
        for task in stack.tasks:
            order = Order(len(self._x), task.seed)
            order.set_epoch(epoch)
            orders.append(order.indices()[: self.num_batches * self._batch_size])
        whole: Tensor = torch.stack(orders).unflatten(1, (-1, self._batch_size)).transpose(0, 1)
        return whole.to(self.device)

    def rows(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Inputs and targets of these examples."""
        return self._x[rows], self._y[rows]

    def at_once(self, order: Tensor) -> int:
        """How many batches of all tasks are gathered at once."""
        of_one = order[0].numel() * self._x[0].numel() * self._x.element_size()
        return max(1, _GATHERED_BYTES // of_one)

    def _brought(self, tensor: Tensor) -> Tensor:
        dtype = self._dtype if tensor.is_floating_point() else None
        return tensor.to(device=self.device, dtype=dtype)


def _caught(do: Callable[..., Any], *arguments: Any) -> BaseException | None:
    try:
        do(*arguments)
    except (UserError, Pruned) as error:
        return error
    return None
