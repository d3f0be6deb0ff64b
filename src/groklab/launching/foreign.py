"""Launchers that are not groklab's, Hydra's own or SLURM's by submitit: slots of them, each for one job at a time."""

import contextlib
import copy
import logging
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.types import TaskFunction
from omegaconf import DictConfig, OmegaConf

from groklab.coordinator import coordinated
from groklab.launching.devices import Slot
from groklab.launching.job import Ended, Job, Report, ended_by
from groklab.launching.pool import Started
from groklab.outcome import Outcome
from groklab.tracking.courier import courier

_LEFT = "left to its launcher, which cannot be told to stop; the same command takes up what it comes to"


class ForeignPool:
    """Slots of a launcher that has Hydra's interface alone.

    It passes no values on while a job runs, so nothing is pruned, and it cannot be told to stop.

    Args:
        launcher: Set up.
        started: Called when a job is handed over.
    """

    def __init__(self, launcher: Any, *, started: Started) -> None:
        self._launcher, self._started = launcher, started
        self.num_slots = foreign_slots(launcher)
        self._waiting: dict[Future[Ended], Job] = {}
        logging.getLogger(type(launcher).__module__).setLevel(logging.WARNING)  # the view says what is launched

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Hand ``job`` over; Hydra's basic launcher runs it here and now.

        Raises:
            Interrupted: A signal stopped a job that ran in this process.
        """
        ended: Future[Ended] = Future()
        self._started(job, Slot(f"{type(self._launcher).__name__} {job.number}", {}))
        if isinstance(self._launcher, BasicLauncher):
            ended.set_result(self._launch(job))
        else:
            self._waiting[ended] = job
            threading.Thread(target=self._wait, args=(job, ended), daemon=True).start()
        return ended

    def flush(self) -> None:
        """No other job comes before one has ended; none here waits for another."""

    def stop(self) -> None:
        """Wait no longer; what runs goes on."""
        for ended, job in list(self._waiting.items()):
            with contextlib.suppress(InvalidStateError):
                ended.set_result(Ended(job.number, "KILLED", error=_LEFT))

    def close(self) -> None:
        """Nothing is open."""

    def _wait(self, job: Job, ended: "Future[Ended]") -> None:
        try:
            result = self._launch(job)
        except Exception as error:  # what launchers say of a job that died differs from one to the next
            result = Ended(job.number, "KILLED", error=" ".join(f"{type(error).__name__}: {error}".split()))
        with contextlib.suppress(InvalidStateError):
            ended.set_result(result)
        del self._waiting[ended]

    def _launch(self, job: Job) -> Ended:
        launcher = copy.copy(self._launcher)
        told = _Told(launcher.task_function, {"sweep": job.sweep, "job": job.number}, job.log)
        launcher.setup(hydra_context=launcher.hydra_context, task_function=told, config=launcher.config)
        sweep = job.config.hydra.sweep
        folder = [f"hydra.sweep.{key}='{sweep[key]}'" for key in ("dir", "subdir")]
        (done,) = launcher.launch([[*job.overrides, *folder]], job.number)
        with told.printing(contextlib.redirect_stderr):
            ended = ended_by(job.number, done)
        if isinstance(ended.value, Outcome):
            ended.runs = [run.run for run in ended.value.runs]
        return ended


def foreign_slots(launcher: Any) -> int:
    """``hydra.sweeper.n_jobs``, else the launcher's ``array_parallelism``, else 1; always 1 of the basic launcher."""
    if isinstance(launcher, BasicLauncher):
        return 1
    told = (
        OmegaConf.select(launcher.config, f"hydra.{key}") for key in ("sweeper.n_jobs", "launcher.array_parallelism")
    )
    return next((int(number) for number in told if number), 1)


@dataclass(frozen=True)
class _Told:
    """The program's function as a job of a multirun, wherever it is called.

    Args:
        task_function: Of the program.
        place: As :class:`groklab.coordinator.Coordinator` has it.
        log: File that takes what the job prints on standard output.
    """

    task_function: TaskFunction
    place: dict[str, str | int]
    log: Path

    def __call__(self, config: DictConfig) -> Any:
        with coordinated(self), self.printing(contextlib.redirect_stdout):
            return self.task_function(config)

    @contextlib.contextmanager
    def printing(self, redirect: Any) -> Iterator[None]:
        """What is printed within the block goes into the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "a") as file, redirect(file):
            yield

    def data(self, config: Mapping[str, Any]) -> None:
        """The file system is shared."""

    def run(self, run: str) -> None:
        """Nobody hears of it before the end."""

    def follow(self, experiment_name: str, close_timeout_s: float, run_folder: Path) -> None:
        """Deliver from the process of the job."""
        courier(experiment_name, close_timeout_s=close_timeout_s).follow(run_folder)

    def report(self, step: int, value: float) -> bool:
        """Nobody answers, so nothing stops."""
        return False
