"""Jobs of one process whose fits are trained in stacks."""

import contextlib
import importlib
import logging
import os
import sys
import traceback
from collections.abc import Generator, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from omegaconf import DictConfig

from groklab.coordinator import Coordinator, Pruned, coordinated, coordinator
from groklab.errors import UserError
from groklab.launching.job import Ended, Job, Line, Program, ended_by
from groklab.lifeline import end_with_parent
from groklab.stacking.backends import Name
from groklab.stacking.together import Begun, Together
from groklab.training.fit import Fitted
from groklab.training.interrupts import Interrupted, Interrupts
from groklab.training.request import FitRequest

Steps = Generator[FitRequest, Fitted, Any]


class _Seated(Line):
    """A job's end of a connection that several share."""

    def _ask(self, *question: Any) -> Any:
        return super()._ask(self._job.number, *question)


class StackedJob:
    """A job that stands still whenever it waits for a fit.

    Args:
        job: The job.
        connection: To the process that started it.
        interrupts: Where requests to stop arrive.
    """

    def __init__(self, job: Job, connection: Connection, interrupts: Interrupts) -> None:
        self.job, self._connection, self._interrupts = job, connection, interrupts
        self._by: Coordinator = _Seated(connection, job)
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
                done = run_job(
                    hydra_context=program.hydra_context,
                    task_function=task,
                    config=self.job.config,
                    job_dir_key="hydra.sweep.dir",
                    job_subdir_key="hydra.sweep.subdir",
                )
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
            ended = Ended(number, "FINISHED", value=error.value)
        elif isinstance(error, Pruned):
            ended = Ended(number, "PRUNED", error=str(error))
        elif isinstance(error, Interrupted):
            ended = Ended(number, "KILLED", error=str(error))
        elif isinstance(error, Exception):
            failed = JobReturn(status=JobStatus.FAILED)
            failed.return_value = error
            ended = ended_by(number, failed)
        else:
            traceback.print_exception(error)
            raise error
        with contextlib.suppress(OSError):
            self._connection.send((number, "ended", ended))

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
    end_with_parent()
    Singleton.set_state(program.state)
    setup_globals()
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


@contextlib.contextmanager
def printing_into(log: Path) -> Iterator[None]:
    """Within the block standard output and error go to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    before = [os.dup(1), os.dup(2)]
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        for number, kept in zip((1, 2), before, strict=True):
            os.dup2(kept, number)
            os.close(kept)
