"""One fit: a task, its data, a folder."""

import logging
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt
from pytorch_lightning import Callback, Trainer
from torch import Tensor

from groklab.data.feed import Batches, Feed
from groklab.errors import UserError
from groklab.tasks.task import Task
from groklab.training.best import Best
from groklab.training.checkpoint_io import LAST, AtomicCheckpointIO, newest_checkpoint
from groklab.training.exact_checkpoint import ExactCheckpoint
from groklab.training.interrupts import Interrupts
from groklab.training.progress import progress
from groklab.training.run_log import RunLog

VALIDATION_BATCH = 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """What a fit leaves: the kept weights, the record of their epoch, and what it cost.

    Of a stack, ``duration_s`` is the fit's share, and ``stack`` says how it was trained.
    """

    weights: dict[str, Tensor]
    best: dict[str, Any]
    num_steps: int
    num_epochs: int
    duration_s: float
    device: str
    stack: dict[str, Any] | None = None

    @classmethod
    def of(cls, best: Best, **cost: Any) -> "Fitted":
        """What a fit leaves that ``best`` has watched.

        Raises:
            UserError: The monitored metric was never finite.
        """
        if not best.record:
            raise UserError(f"trainer.monitor: {best.monitor} was never finite; lower optimizer.lr")
        return cls(weights=best.weights, best=best.record, **cost)


class Fit:
    """How to train: a Lightning Trainer with exact resume and steps in chunks.

    Args:
        max_epochs: Passes over the training part.
        batch_size: Examples in a step.
        monitor: Validation metric by which the best epoch is chosen.
        mode: Whether a smaller or a larger value of it is better.
        weights: Whether the ``best`` or the ``last`` epoch's weights are kept, and stand for the run in a search.
        accelerator: ``auto`` takes a GPU where there is one; else ``cpu``, ``gpu``, ``mps``.
        devices: How many of them.
        precision: Lightning's names; ``bf16-mixed`` suits a GPU of the last years. ``16-mixed`` is not offered: it
            needs a scaled loss, which bf16's range does not.
        accumulate_grad_batches: Parts in which a batch is computed, to save memory; the step is the same.
        gradient_clip_val: Largest norm of a step's gradient; 0 leaves it as it is.
        compile: Whether ``torch.compile`` compiles the network.
        channels_last: Whether images lie in memory with the channel last.
        num_threads: CPU threads of torch.
        batches_per_call: Steps in one call of ``training_step``.
        checkpoint_every_s: Seconds between two checkpoints; 0 saves after every call.
        fast_dev_run: One batch of training and validation, to see that all fits together.
        overfit_batches: Train and validate on this many batches alone; 0 for the whole.
        detect_anomaly: Whether autograd names the operation that gave a NaN.
        profiler: Lightning's ``simple`` or ``advanced`` profiler.
    """

    def __init__(
        self,
        *,
        max_epochs: PositiveInt,
        batch_size: PositiveInt,
        monitor: str = "val/loss",
        mode: Literal["min", "max"] = "min",
        weights: Literal["best", "last"] = "best",
        accelerator: Literal["auto", "cpu", "gpu", "mps"] = "auto",
        devices: PositiveInt = 1,
        precision: Literal["32-true", "bf16-mixed", "bf16-true", "64-true"] = "32-true",
        accumulate_grad_batches: PositiveInt = 1,
        gradient_clip_val: NonNegativeFloat = 0.0,
        compile: bool = False,  # noqa: A002 - torch's own name
        channels_last: bool = False,
        num_threads: PositiveInt = 1,
        batches_per_call: PositiveInt = 64,
        checkpoint_every_s: NonNegativeFloat = 30.0,
        fast_dev_run: bool = False,
        overfit_batches: NonNegativeInt = 0,
        detect_anomaly: bool = False,
        profiler: Literal["simple", "advanced"] | None = None,
    ) -> None:
        self.max_epochs, self.batch_size = max_epochs, batch_size
        self.monitor, self.mode, self.weights = monitor, mode, weights
        self.accelerator, self.devices, self.precision = accelerator, devices, precision
        if batch_size % accumulate_grad_batches:
            raise ValueError(
                f"accumulate_grad_batches={accumulate_grad_batches} does not divide batch_size={batch_size}; "
                "choose another of the two"
            )
        self.accumulate_grad_batches, self.gradient_clip_val = accumulate_grad_batches, gradient_clip_val
        self.compile, self.channels_last, self.num_threads = compile, channels_last, num_threads
        self.batches_per_call = 1 if fast_dev_run else batches_per_call
        self.checkpoint_every_s = checkpoint_every_s
        self.fast_dev_run, self.overfit_batches = fast_dev_run, overfit_batches
        self.detect_anomaly, self.profiler = detect_anomaly, profiler

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
        """Train ``task`` in ``folder``, from the checkpoint there if there is one.

        Args:
            task: What to train.
            train: Standardized examples and targets to learn from.
            val: The same to choose the best epoch by.
            folder: Gets ``log.jsonl`` and ``checkpoints/``.
            procedures: Regularizers that are Lightning callbacks.
            observers: Callbacks that see each epoch once it is logged and saved.
            interrupts: Where requests to stop arrive.

        Raises:
            UserError: The monitored metric is not logged, or the loss is not finite.
            Interrupted: A signal asked the run to stop; a checkpoint was saved.
        """
        self.check_monitor(task)
        torch.set_num_threads(self.num_threads)
        task.accumulate_grad_batches, task.gradient_clip_val = self.accumulate_grad_batches, self.gradient_clip_val
        checkpoints = folder / "checkpoints"
        best = Best(self.monitor, self.mode, self.weights)
        exact = self._exact(checkpoints / LAST, interrupts or Interrupts())
        recorders = [RunLog(folder / "log.jsonl"), best, exact]
        if self.fast_dev_run:  # Lightning's meaning: nothing is kept
            recorders = [RunLog(folder / "log.jsonl"), best]
        trainer = self._trainer(folder, [*procedures, progress(), *recorders, *observers])
        device = trainer.strategy.root_device
        feed, batches = self._feeds(task.seed, [part.to(device) for part in (*train, *val)])
        self._shape(task)
        resume = newest_checkpoint(checkpoints)
        if resume:
            _log.info("resuming from %s", resume)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*LeafSpec.* is deprecated")  # within Lightning 2.6
            trainer.fit(task, feed, batches, ckpt_path=resume, weights_only=True)
        return Fitted.of(
            best,
            num_steps=task.num_steps,
            num_epochs=trainer.current_epoch,
            duration_s=exact.trained_s,
            device=str(device),
        )

    def _exact(self, path: Path, interrupts: Interrupts) -> ExactCheckpoint:
        return ExactCheckpoint(path, every_s=self.checkpoint_every_s, interrupts=interrupts)

    def check_monitor(self, task: Task) -> None:
        """See that the monitored metric is one that ``task`` logs.

        Raises:
            UserError: It is not.
        """
        if self.monitor not in task.monitors:
            raise UserError(f"trainer.monitor: {self.monitor} is not logged; choose one of {', '.join(task.monitors)}")

    def _trainer(self, folder: Path, callbacks: list[Callback]) -> Trainer:
        logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # advice on loaders and GPUs that the config has answered
            return Trainer(
                default_root_dir=folder,
                max_epochs=self.max_epochs,
                accelerator=self.accelerator,
                devices=self.devices,
                precision=self.precision,
                callbacks=callbacks,
                plugins=[AtomicCheckpointIO()],
                logger=False,
                enable_progress_bar=False,
                enable_model_summary=False,
                num_sanity_val_steps=0,
                fast_dev_run=self.fast_dev_run,
                detect_anomaly=self.detect_anomaly,
                profiler=self.profiler,
                use_distributed_sampler=False,
            )

    def _feeds(self, seed: int, tensors: list[Tensor]) -> tuple[Feed, Batches]:
        x, y, val_x, val_y = tensors
        feed = Feed(
            x,
            y,
            batch_size=self.batch_size,
            batches_per_chunk=self.batches_per_call,
            seed=seed,
            limit=self.overfit_batches,
        )
        if self.overfit_batches:  # a sound network must be able to learn these by heart
            rows = feed.sampler.indices()[: feed.num_batches * feed.batch_size]
            val_x, val_y = x[rows], y[rows]
        return feed, Batches(val_x, val_y, batch_size=max(self.batch_size, VALIDATION_BATCH))

    def _shape(self, task: Task) -> None:
        if self.channels_last:
            for network in task.networks:
                network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self.compile:
            task.network.compile()


def num_parameters(network: torch.nn.Module) -> int:
    """Numbers that training can change."""
    return sum(math.prod(parameter.shape) for parameter in network.parameters() if parameter.requires_grad)
