"""One fit on several devices of a machine."""

import copy
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback
from torch import Tensor

from groklab.data.feed import Batches, Feed
from groklab.data.share import Share
from groklab.errors import UserError
from groklab.tasks.supervised import Supervised
from groklab.tasks.task import Task
from groklab.training.fit import Fit, Fitted
from groklab.training.interrupts import Interrupts
from groklab.training.ranks import Group, ranks
from groklab.training.replicas import Average, Replica, replicate


class ParallelFit(Fit):
    """Data-parallel training: a process a device, each with the whole network and its part of every batch.

    Gradients are averaged before each step, so a step is that of the whole batch, up to rounding, where the loss is a
    mean over examples and nothing is random: each device has random numbers of its own, and its own batch statistics.
    Every device validates the whole of its part; the first one's numbers hold. This process is the first, and the only
    one that writes the run's folder; the others are started with the objects themselves and compose no config.

    Lightning's own strategy averages once a call of ``training_step``, which here is many steps, so it is not used.
    """

    group: Group

    def fit(
        self,
        task: Task,
        train: tuple[Tensor, Tensor],
        val: tuple[Tensor, Tensor],
        *,
        folder: Path,
        procedures: Sequence[Callback] = (),
        observers: Sequence[Callback] = (),
        interrupts: Interrupts | None = None,
    ) -> Fitted:
        """As :meth:`Fit.fit`, on all devices.

        Raises:
            UserError: There are too few devices, or a batch cannot be shared; also as :meth:`Fit.fit`.
        """
        self._check(task, len(train[0]))
        with tempfile.TemporaryDirectory() as scratch:
            work = (self, task, train, val, procedures)
            with ranks(Path(scratch), work, folder / "checkpoints", number=self.devices, gpus=self._gpus) as group:
                return self.fit_part(
                    group,
                    task,
                    train,
                    val,
                    folder=folder,
                    procedures=procedures,
                    observers=observers,
                    interrupts=interrupts,
                )

    def fit_part(self, group: Group, task: Any, *parts: tuple[Tensor, Tensor], **others: Any) -> Fitted:
        """The fit of one device."""
        fit = copy.copy(self)
        fit.group = group
        fit.devices = [group.rank] if self._gpus else 1  # type: ignore[assignment] # Lightning takes both
        if group.rank:
            fit.checkpoint_every_s = float("inf")
        others["procedures"] = [self._join(task, group), *others["procedures"]]
        return Fit.fit(fit, task, *parts, **others)

    @property
    def _gpus(self) -> bool:
        return self.accelerator in ("auto", "gpu") and torch.cuda.is_available()

    def _check(self, task: Task, num_examples: int) -> None:
        if not isinstance(task, Supervised):
            raise UserError(f"trainer: a {task.kind} task of two networks trains on one device; give trainer=default")
        whole = min(self.batch_size, num_examples)
        if whole % (self.devices * self.accumulate_grad_batches):
            raise UserError(
                f"trainer.devices={self.devices}: a batch of {whole} examples does not fall into so many equal parts "
                f"(accumulate_grad_batches={self.accumulate_grad_batches}); choose another trainer.batch_size"
            )
        there = torch.cuda.device_count()
        if self._gpus and there < self.devices:
            raise UserError(f"trainer.devices={self.devices}: this process sees {there} GPUs; ask for fewer")
        if self.accelerator == "mps":
            raise UserError("trainer.accelerator=mps: there is one such device; give trainer=default")

    def _join(self, task: Supervised, group: Group) -> Replica:
        """Make ``task`` one of a group."""
        replicate(task)
        Average(task.network, group)
        return Replica(group)

    def _feeds(self, seed: int, tensors: list[Tensor]) -> tuple[Feed, Batches]:
        feed, batches = super()._feeds(seed, tensors)
        return Share(feed, rank=self.group.rank, of=self.group.size), batches
