"""Jobs on the nodes of a Ray cluster, each in a process of its own."""

import contextlib
import os
import sys
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cloudpickle
import ray

from groklab.errors import UserError
from groklab.files import write_atomic
from groklab.launching.devices import Slot
from groklab.launching.job import NOT_STARTED, Ended, Job, Program, Report
from groklab.launching.mirror import Changes, Mirror, apply
from groklab.launching.pool import Follow, Started, go_on
from groklab.launching.ray_cluster import Cluster
from groklab.launching.ray_node import Place, source_hash, work_on_node
from groklab.run_folder import RUNS, RunFolder

_MOST = 10_000  # threads; each is made when a job needs it


class RayPool:
    """Runs jobs wherever the cluster has room; a job whose node is lost ends as KILLED.

    Args:
        cluster: Where jobs run.
        place: Where this process works.
        program: What every job runs.
        follow: Called with what a job wants delivered.
        started: Called in a thread when a job begins.
    """

    def __init__(self, cluster: Cluster, place: Place, program: Program, *, follow: Follow, started: Started) -> None:
        self._cluster, self._place, self._follow, self._started = cluster, place, follow, started
        self._program = ray.put(cloudpickle.dumps(program))
        self._desk = cluster.desk()
        self._data = _Sent()
        self._waiting: dict[str, Any] = {}
        self._changing = threading.Lock()
        self._threads = ThreadPoolExecutor(_MOST, thread_name_prefix="job")
        self.stopping = False

    @property
    def num_slots(self) -> int:
        """Jobs that the cluster has room for, now."""
        return self._cluster.num_slots

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Run ``job`` when a node has room; ``report`` answers its values on the way."""
        return self._threads.submit(self._serve, job, report or go_on)

    def flush(self) -> None:
        """No other job comes before one has ended; none here waits for another."""

    def stop(self) -> None:
        """Ask every running job to save a checkpoint and end; none is started any more."""
        with self._changing:
            self.stopping = True
            for task in self._waiting.values():
                ray.cancel(task)
        ray.get(self._desk.stop.remote())

    def close(self) -> None:
        """Wait for the jobs that run, then leave the cluster."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        ray.kill(self._desk)
        self._cluster.leave()

    def _serve(self, job: Job, report: Report) -> Ended:
        line = uuid.uuid4().hex
        with self._changing:
            if self.stopping:
                return Ended(job.number, "KILLED", error=NOT_STARTED)
            task = self._cluster.run(work_on_node, self._desk, line, self._program, job, self._place)
            self._waiting[line] = task

        def started(slot: str) -> bool:
            with self._changing:
                del self._waiting[line]
            self._started(job, Slot(slot, {}))
            return not self.stopping

        runs = _Runs(job.log)
        answers = {
            "started": started,
            "data": self._data.send,
            "run": runs.begin,
            "wrote": runs.write,
            "said": runs.log,
            "follow": self._deliver,
            "report": report,
        }
        try:
            with contextlib.closing(runs):
                self._answer(task, line, answers)
            ended = _end(job, task)
        except BaseException:
            ray.cancel(task, force=True)
            raise
        finally:
            with self._changing:
                self._waiting.pop(line, None)
            self._desk.close.remote(line)
        ended.runs = list(runs.begun)
        return ended

    def _answer(self, task: Any, line: str, answers: Mapping[str, Any]) -> None:
        """Answer the job's questions until it is over."""
        while True:
            heard = self._desk.hear.remote(line)
            over, _ = ray.wait([task, heard])
            if task in over:
                return
            number, (what, *said) = ray.get(heard)
            try:
                answer = answers[what](*said)
            except UserError as error:
                answer = error
            self._desk.answer.remote(number, answer)

    def _deliver(self, experiment_name: str, close_timeout_s: float, run_folder: str) -> None:
        self._follow(experiment_name, close_timeout_s, str(Path(run_folder).resolve()))


class _Runs:
    """The runs of a job; one that a node works on elsewhere is held here meanwhile.

    Args:
        job_log: Takes what the job prints there.
    """

    def __init__(self, job_log: Path) -> None:
        self.begun: list[str] = []
        self._log = job_log
        self._held = contextlib.ExitStack()

    def begin(self, run: str, elsewhere: bool) -> Changes:
        """The job begins with a run; where it works elsewhere, what is in the run's folder here."""
        self.close()
        self.begun.append(run)
        if not elsewhere:
            return {}
        folder = self._held.enter_context(RunFolder(RUNS, run))
        return Mirror(folder.path).changes()

    def write(self, folder: Path, changes: Changes) -> None:
        """Take what the job has written."""
        apply(changes, folder)

    def log(self, text: bytes) -> None:
        """Take what the job has printed."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with open(self._log, "ab") as file:
            file.write(text)

    def close(self) -> None:
        """Let go of the run."""
        self._held.close()


class _Sent:
    """Prepared data in the cluster's object store, from which each node that needs them takes them once."""

    def __init__(self) -> None:
        self._references: dict[str, Any] = {}
        self._changing = threading.Lock()

    def send(self, config: Mapping[str, Any]) -> tuple[Path, Any]:
        """The folder for a config's data on a node, and a reference to its files."""
        from groklab.experiment import prepared_data

        prepared = prepared_data(config)
        fingerprint = prepared.card.fingerprint
        with self._changing:
            if fingerprint not in self._references:
                self._references[fingerprint] = ray.put(Mirror(prepared.folder).changes())
        name = prepared.folder.name.partition("@")[0]
        return prepared.folder.with_name(f"{name}@{fingerprint[:16]}"), self._references[fingerprint]


def place_here(multirun_folder: Path, *, node_folder: str | None) -> Place:
    """Where this process works, with a token that nodes on the same file system see."""
    token, content = multirun_folder / "place", uuid.uuid4().hex
    write_atomic(token, content)
    return Place(
        folder=str(Path.cwd()),
        token=str(token),
        content=content,
        node_folder=node_folder,
        code=source_hash(),
        words=tuple(sys.argv),
        environment={name: value for name, value in os.environ.items() if name.startswith("GROKLAB_")},
    )


def _end(job: Job, task: Any) -> Ended:
    """How a job ended whose task is over."""
    try:
        ended: Ended = ray.get(task)
        return ended
    except ray.exceptions.TaskCancelledError:
        return Ended(job.number, "KILLED", error=NOT_STARTED)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, UserError):
            return Ended(job.number, "FAILED", error=str(cause), blamed=True)
        if not isinstance(cause, ray.exceptions.RayError):
            return Ended(job.number, "FAILED", error=" ".join(f"{type(cause).__name__}: {cause}".split()))
        lost: Exception = cause
    except ray.exceptions.RayError as error:
        lost = error
    return Ended(job.number, "KILLED", error=f"lost with its node or worker process ({type(lost).__name__})")
