"""What a shape costs: a few steps and a validation batch of it, in a process of its own."""

import logging
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, Trainer

from groklab.assembly import build_fit, build_regularizers, build_task
from groklab.data.feed import Feed
from groklab.data.prepared import Prepared
from groklab.errors import UserError
from groklab.experiment import check_scoring, prepared_data
from groklab.fitting import tensors
from groklab.launching.job import why_killed
from groklab.lifeline import end_with_parent
from groklab.training.fit import VALIDATION_BATCH, num_parameters

_MOST_STEPS, _FEWEST_STEPS, _ENOUGH_S = 12, 3, 0.5
_processes = multiprocessing.get_context("fork")  # it has imported everything


@dataclass(frozen=True)
class Cost:
    """What was measured of a config.

    Args:
        num_parameters: Numbers that training can change.
        num_batches: Steps in an epoch.
        num_val_batches: Batches of a validation.
        steps_s: Seconds of each step but the first, which warms up.
        validation_s: Seconds of a validation batch.
        memory_bytes: The most that the process held, on a GPU the most that was allocated there.
        device: ``cpu``, ``cuda:0``.
    """

    num_parameters: int
    num_batches: int
    num_val_batches: int
    steps_s: tuple[float, ...]
    validation_s: float
    memory_bytes: int
    device: str

    def epoch_s(self, step_s: float) -> float:
        """Seconds of an epoch whose steps take ``step_s``."""
        return self.num_batches * step_s + self.num_val_batches * self.validation_s


def measure(config: Mapping[str, Any]) -> Cost:
    """The cost of ``config``, resolved and checked, on the device that it would train on.

    Raises:
        UserError: It cannot be trained: its parts do not fit each other, or its first steps fail.
    """
    torch.set_num_threads(1)  # a process with threads is not one to fork
    ours, theirs = _processes.Pipe(duplex=False)
    process = _processes.Process(target=_work, args=(config, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        said: Cost | str = ours.recv()
    except EOFError:
        said = ""
    process.join()
    if isinstance(said, Cost):
        return said
    raise UserError(said or why_killed(process.exitcode))


def _work(config: Mapping[str, Any], connection: Connection) -> None:
    end_with_parent()
    logging.disable(logging.INFO)  # of its epochs
    try:
        connection.send(_measured(config, prepared_data(config)))
    except UserError as error:
        connection.send(str(error))
    except Exception as error:
        connection.send(f"{type(error).__name__}: {' '.join(str(error).split())}")


def _measured(config: Mapping[str, Any], prepared: Prepared) -> Cost:
    check_scoring(config, prepared)
    regularizers = build_regularizers(config, prepared.card)
    task = build_task(config, prepared.card, regularizers)
    x, y = tensors(prepared, "train", task)
    val_x, val_y = tensors(prepared, "val", task)
    whole = build_fit(config)
    size = max(whole.batch_size, VALIDATION_BATCH)
    watch = _Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        fitted = build_fit({"trainer": {**config["trainer"], **_shortened(whole.max_epochs)}}).fit(
            task,
            (x, y),
            (val_x[:size], val_y[:size]),
            folder=Path(folder),
            procedures=[*regularizers.procedures, watch],
        )
    on_gpu = fitted.device.startswith("cuda")
    peak_bytes = torch.cuda.max_memory_allocated() if on_gpu else _resident_bytes()
    feed = Feed(x, y, batch_size=whole.batch_size, batches_per_chunk=1, seed=0, limit=whole.overfit_batches)
    num_val = feed.num_batches * feed.batch_size if whole.overfit_batches else len(val_x)
    return Cost(
        num_parameters=num_parameters(task.network),
        num_batches=1 if whole.fast_dev_run else feed.num_batches,
        num_val_batches=1 if whole.fast_dev_run else -(-num_val // size),
        steps_s=tuple(watch.steps_s[1:] or watch.steps_s),
        validation_s=watch.validation_s,
        memory_bytes=peak_bytes,
        device=fitted.device,
    )


def _shortened(max_epochs: int) -> dict[str, Any]:
    """Single steps that nothing is kept of, in no more epochs than the schedule knows."""
    return {
        "max_epochs": min(max_epochs, _MOST_STEPS),
        "batches_per_call": 1,
        "fast_dev_run": False,
        "checkpoint_every_s": 1e9,
        "profiler": None,
    }


def _resident_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class _Stopwatch(Callback):
    """Seconds of each step and of a validation batch; ends the fit once it has seen enough."""

    def __init__(self) -> None:
        self.steps_s: list[float] = []
        self.validation_s = 0.0
        self._since = 0.0

    def on_train_batch_start(self, trainer: Trainer, *_: Any) -> None:
        self._since = _now()

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        self.steps_s.append(_now() - self._since)
        number = len(self.steps_s)
        enough = number >= _FEWEST_STEPS and sum(self.steps_s) > _ENOUGH_S
        trainer.should_stop = trainer.should_stop or enough or number >= _MOST_STEPS

    def on_validation_batch_start(self, *_: Any) -> None:
        self._since = _now()

    def on_validation_batch_end(self, *_: Any) -> None:
        self.validation_s = _now() - self._since


def _now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()
