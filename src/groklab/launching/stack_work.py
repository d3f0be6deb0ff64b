"""Jobs of one process whose fits are trained in stacks."""

import contextlib
import importlib
import logging
import sys
from collections.abc import Generator, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hydra.core.utils import JobStatus
from omegaconf import DictConfig

from groklab.coordinator import Coordinator, coordinated, coordinator
from groklab.errors import UserError
from groklab.launching.job import Ended, Job, Line, Program, ended_with, printing_into, run_in_hydra, say_ended, settle
from groklab.stacking.backends import Name
from groklab.stacking.together import Begun, Together
from groklab.training.fit import Fitted
from groklab.training.interrupts import Interrupted, Interrupts
from groklab.training.request import FitRequest

Steps = Generator[FitRequest, Fitted, Any]


class StackedJob:
    """A job that stands still whenever it waits for a fit.

    Args:
        job: The job.
        connection: To the process that started it.
        interrupts: Where requests to stop arrive.
    """

    def __init__(self, job: Job, connection: Connection, interrupts: Interrupts) -> None:
        self.job, self._connection, self._interrupts = job, connection, interrupts
        self._by: Coordinator = Line(connection, job)
        self._steps: Steps | None = None
        self.over = False

    def begin(self, program: Program) -> FitRequest | None:
        """Run it up to its first fit; None if it is over before one."""
        module, _, name = str(program.task_function.steps).rpartition(".")  # type: ignore[attr-defined]
        steps_of = getattr(importlib.import_module(module), name)

        def task(config: DictConfig) -> FitRequest:
            self._steps = steps_of(config, interrupts=self._interrupts)
            return next(self._steps)

        with self._seated():
            try:
                done = run_in_hydra(program, self.job, task)
            except BaseException as error:
                self._end(error)
                return None
            if done.status != JobStatus.COMPLETED:
                self._end(done._return_value)
                return None
            request: FitRequest = done.return_value
            return request

    def go(self, left: Fitted | BaseException) -> FitRequest | None:
        """Give it what its fit left; its next fit, or None if it is over."""
        if self.over or self._steps is None:
            return None
        with self._seated():
            try:
                if isinstance(left, BaseException):
                    return self._steps.throw(left)
                return self._steps.send(left)
            except BaseException as error:
                self._end(error)
                return None

    def _end(self, error: BaseException) -> None:
        self.over = True
        number = self.job.number
        if isinstance(error, StopIteration):
            print(error.value)  # noqa: T201 - the job's log
            say_ended(self._connection, Ended(number, "FINISHED", value=error.value))
        else:
            say_ended(self._connection, ended_with(number, error))

    @contextlib.contextmanager
    def _seated(self) -> Iterator[None]:
        """Within the block it prints into its own log, and its own coordinator is listened to."""
        with printing_into(self.job.log), coordinated(self._by):
            yield
            self._by = coordinator() or self._by  # as the job left it, which may stand between


def work_stacked(
    program: Program, jobs: Sequence[Job], connection: Connection, *, widest: int, backend: Name | None, log: Path
) -> None:
    """Run ``jobs`` in this process, their fits in stacks, and say over ``connection`` how each ended."""
    settle(program)
    with printing_into(log), Interrupts() as interrupts:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
        seated = [StackedJob(job, connection, interrupts) for job in jobs]
        try:
            begun = [
                Begun(f"job {one.job.number}", request, one.go) for one in seated if (request := one.begin(program))
            ]
            Together(interrupts, widest, backend).run(begun)
        except Interrupted as stopped:
            for one in seated:
                one.go(stopped)
        except UserError as error:  # of a checkpoint, say; it is every waiting job's
            for one in seated:
                one.go(error)
