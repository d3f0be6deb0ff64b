"""Jobs on slots, each in a process of its own, forked from one that has imported everything."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import cloudpickle

from groklab.errors import UserError
from groklab.launching.devices import Slot
from groklab.launching.job import NOT_STARTED, Ended, Job, Program, Report, why_killed, work

Follow = Callable[[str, float, str], None]
Started = Callable[[Job, Slot], None]
Data = Callable[[Mapping[str, Any]], Path | None]
_FORKED_FROM = "groklab.launching.warm"
_SINGLE_THREADED = {
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # of pyarrow, which pandas imports
}


class Pool:
    """Runs jobs, as many at once as there are slots; a job that dies takes nothing along.

    Args:
        slots: Where jobs run.
        program: What every job runs.
        follow: Called with what a job wants delivered.
        started: Called in a thread when a job gets its slot.
        took: Called when a job begins with a run, which waits for it.
        data: Says where a job finds its data; default: in the working folder.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        program: Program,
        *,
        follow: Follow,
        started: Started,
        took: Callable[[str], None] = lambda run: None,
        data: Data = lambda config: None,
    ) -> None:
        self.num_slots = len(slots)
        self._program, self._follow, self._started = program, follow, started
        self._took, self._data = took, data
        self._free: queue.SimpleQueue[Slot] = queue.SimpleQueue()
        for slot in slots:
            self._free.put(slot)
        self._context = multiprocessing.get_context("forkserver")
        self._starting = threading.Lock()
        self._running: dict[int, BaseProcess] = {}
        self._threads = ThreadPoolExecutor(self.num_slots, thread_name_prefix="slot")
        self.stopping = False
        self._warm()

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Run ``job`` when a slot is free; ``report`` answers its values on the way."""
        return self._threads.submit(self._serve, job, report or go_on)

    def flush(self) -> None:
        """No other job comes before one has ended; none here waits for another."""

    def stop(self) -> None:
        """Ask every running job to save a checkpoint and end; none is started any more."""
        with self._starting:
            self.stopping = True
            for process in self._running.values():
                process.terminate()

    def close(self) -> None:
        """Wait for the jobs that run."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _warm(self) -> None:
        self._context.set_forkserver_preload([_FORKED_FROM])
        with _environment(_SINGLE_THREADED):  # a process with threads is not one to fork
            multiprocessing.forkserver.ensure_running()

    def _serve(self, job: Job, report: Report) -> Ended:
        slot = self._free.get()
        try:
            return self._work_in(slot, job, report)
        finally:
            self._free.put(slot)

    def _work_in(self, slot: Slot, job: Job, report: Report) -> Ended:
        ours, theirs = self._context.Pipe()
        payload = cloudpickle.dumps((self._program, job))
        with self._starting:
            if self.stopping:
                return Ended(job.number, "KILLED", error=NOT_STARTED)
            process = self._context.Process(target=_child, args=(payload, slot.environment, theirs), daemon=True)
            try:
                process.start()
            except (OSError, EOFError) as error:  # it was killed before it had read what to do
                return Ended(job.number, "KILLED", error=f"died as it was started ({error})")
            self._running[job.number] = process
        theirs.close()
        self._started(job, slot)
        runs: list[str] = []
        try:
            ended = self._listen(ours, report, runs)
        finally:
            process.join()
            with self._starting:
                del self._running[job.number]
            ours.close()
        if ended is None:
            ended = Ended(job.number, "KILLED", error=why_killed(process.exitcode))
        ended.runs = runs
        return ended

    def _listen(self, connection: Connection, report: Report, runs: list[str]) -> Ended | None:
        """Answer the job until it says how it ended; None if it never does."""
        while True:
            try:
                what, *said = connection.recv()
            except (EOFError, OSError):
                return None
            if what == "ended":
                ended: Ended = said[0]
                return ended
            try:
                answer = self._answer(what, said, report, runs)
            except UserError as error:
                answer = error
            with contextlib.suppress(OSError):
                connection.send(answer)

    def _answer(self, what: str, said: list[Any], report: Report, runs: list[str]) -> Any:
        if what == "report":
            return report(*said)
        if what == "follow":
            return self._follow(*said)
        if what == "data":
            return self._data(*said)
        runs.append(said[0])
        return self._took(*said)


def _child(payload: bytes, environment: dict[str, str], connection: Connection) -> None:
    pinned(environment)
    program, job = cloudpickle.loads(payload)
    work(program, job, connection)


def pinned(environment: dict[str, str]) -> None:
    """Make this process one of a slot."""
    os.setsid()  # Ctrl-C in the terminal is for the coordinator
    os.environ.update(environment)


def go_on(step: int, value: float) -> bool:
    """What a job hears whose values nobody compares."""
    return False


@contextlib.contextmanager
def _environment(more: dict[str, str]) -> Iterator[Any]:
    before = {name: os.environ.get(name) for name in more}
    os.environ.update(more)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
