"""One job of a multirun: what it is told, what it says, how it ends."""

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from hydra.core.singleton import Singleton
from hydra.core.utils import JobReturn, JobStatus, run_job, setup_globals
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

from groklab.coordinator import Pruned, coordinated
from groklab.errors import UserError
from groklab.lifeline import end_with_parent

Report = Callable[[int, float], bool]
Ending = Literal["FINISHED", "FAILED", "KILLED", "PRUNED"]
NOT_STARTED = "not started: the multirun was stopped"


@dataclass(frozen=True)
class Request:
    """A job that is asked for.

    Args:
        number: Its number.
        overrides: Of its config.
        varied: Those that tell it from the others.
        folder: Its folder in the multirun's; default: its number.
        report: Answers its values on the way.
    """

    number: int
    overrides: tuple[str, ...]
    varied: tuple[str, ...]
    folder: str | None = None
    report: Report | None = None


@dataclass(frozen=True)
class Job:
    """A job with its config, composed: what is edited later does not change it.

    Args:
        number: Its place in the multirun.
        overrides: Of its config.
        varied: The overrides that tell it from the others.
        config: Hydra's whole config, with ``hydra.job.num``.
        sweep: Name of the multirun's folder.
        log: File that takes what the job prints.
    """

    number: int
    overrides: tuple[str, ...]
    varied: tuple[str, ...]
    config: DictConfig
    sweep: str
    log: Path


@dataclass
class Ended:
    """How a job ended.

    Args:
        number: The job's.
        status: FINISHED with a value; FAILED by an error; PRUNED by the search; KILLED by a signal.
        value: What the task function returned.
        error: One line.
        runs: The runs that the job worked on, in order.
        blamed: Whether the error is one that a user can mend.
    """

    number: int
    status: Ending
    value: Any = None
    error: str | None = None
    runs: list[str] = field(default_factory=list)
    blamed: bool = False


@dataclass(frozen=True)
class Program:
    """What every job of a multirun shares: the program's function and Hydra's state."""

    hydra_context: HydraContext
    task_function: TaskFunction
    state: Any


class Line:
    """The job's end of its connection."""

    def __init__(self, connection: Connection, job: Job) -> None:
        self._connection, self._job = connection, job

    @property
    def place(self) -> dict[str, str | int]:
        """The multirun's name and the job's number."""
        return {"sweep": self._job.sweep, "job": self._job.number}

    def data(self, config: Mapping[str, Any]) -> Path | None:
        """Asked of the coordinator."""
        found: Path | None = self._ask("data", dict(config))
        return found

    def run(self, run: str) -> None:
        """Told to the coordinator."""
        self._ask("run", run)

    def follow(self, experiment_name: str, close_timeout_s: float, run_folder: Path) -> None:
        """Asked of the coordinator."""
        self._ask("follow", experiment_name, close_timeout_s, str(run_folder.resolve()))

    def report(self, step: int, value: float) -> bool:
        """Whether to stop, by the coordinator."""
        return bool(self._ask("report", step, value))

    def _ask(self, *question: Any) -> Any:
        self._connection.send((self._job.number, *question))
        answer = self._connection.recv()
        if isinstance(answer, UserError):
            raise answer
        return answer


def work(program: Program, job: Job, *, connection: Connection) -> None:
    """Run ``job`` in this process and say over ``connection`` how it ended."""
    settle(program)
    with printing_into(job.log):
        try:
            with coordinated(Line(connection, job)):
                done = run_in_hydra(program, job, program.task_function)
        except BaseException as error:
            ended = ended_with(job.number, error)
        else:
            ended = ended_by(job.number, done)
    say_ended(connection, ended)


def settle(program: Program) -> None:
    """Make this process one that jobs of ``program`` can run in."""
    end_with_parent()
    Singleton.set_state(program.state)
    setup_globals()


def run_in_hydra(program: Program, job: Job, task_function: TaskFunction) -> JobReturn:
    """Run a function as the job, in its folder and with its config."""
    return run_job(
        hydra_context=program.hydra_context,
        task_function=task_function,
        config=job.config,
        job_dir_key="hydra.sweep.dir",
        job_subdir_key="hydra.sweep.subdir",
    )


def say_ended(connection: Connection, ended: Ended) -> None:
    """Tell the process that started the job."""
    with contextlib.suppress(OSError):
        connection.send((ended.number, "ended", ended))


def ended_by(number: int, done: JobReturn) -> Ended:
    """How a job ended of which Hydra says what it returned or raised."""
    if done.status == JobStatus.COMPLETED:
        return Ended(number, "FINISHED", value=done.return_value)
    return ended_with(number, done._return_value)  # the property raises it


def ended_with(number: int, error: BaseException) -> Ended:
    """How a job ended that ``error`` has ended; the job's log has it too.

    Raises:
        BaseException: It is the end of the process, and not of the job.
    """
    if isinstance(error, Pruned):
        return Ended(number, "PRUNED", error=str(error))
    if hasattr(error, "exit_code"):
        return Ended(number, "KILLED", error=str(error))
    if isinstance(error, UserError):
        print(error, file=sys.stderr)  # noqa: T201 - the job's log
        return Ended(number, "FAILED", error=str(error), blamed=True)
    if not isinstance(error, Exception):
        raise error
    traceback.print_exception(error)
    message = " ".join(str(error).split())
    return Ended(number, "FAILED", error=f"{type(error).__name__}: {message}" if message else type(error).__name__)


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


def why_killed(exitcode: int | None) -> str:
    """What a process that said nothing died of."""
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f"killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    return f"ended with status {exitcode} before it had a result"
