"""Jobs on slots, each in a process of its own, forked from one that has imported everything."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
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


@dataclass(eq=False)
class Submitted:
    """A job that was handed in.

    Args:
        job: The job.
        report: Answers its values on the way.
        future: Gets how it ended.
        runs: Those that it has begun, in order.
    """

    job: Job
    report: Report
    future: "Future[Ended]" = field(default_factory=Future)
    runs: list[str] = field(default_factory=list)


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
        one = Submitted(job, report or go_on)
        self._threads.submit(self._serve, one)
        return one.future

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

    def _serve(self, one: Submitted) -> None:
        slot = self._free.get()
        try:
            self._work_in(slot, [one], work, one.job)
        finally:
            self._free.put(slot)

    def _work_in(self, slot: Slot, share: Sequence[Submitted], function: Callable[..., None], *given: Any) -> None:
        """Run some jobs in one process, by ``function(program, *given, connection=...)``; each future gets its end."""
        try:
            self._start_and_listen(slot, share, cloudpickle.dumps((function, self._program, given)))
        except BaseException as error:
            for one in share:
                if not one.future.done():
                    one.future.set_exception(error)

    def _start_and_listen(self, slot: Slot, share: Sequence[Submitted], payload: bytes) -> None:
        ours, theirs = self._context.Pipe()
        number = share[0].job.number
        with self._starting:
            if self.stopping:
                return _end_all(share, NOT_STARTED)
            process = self._context.Process(target=_child, args=(payload, slot.environment, theirs), daemon=True)
            try:
                process.start()
            except (OSError, EOFError) as error:  # it was killed before it had read what to do
                return _end_all(share, f"died as it was started ({error})")
            self._running[number] = process
        theirs.close()
        for one in share:
            self._started(one.job, slot)
        try:
            self._listen(ours, {one.job.number: one for one in share})
        finally:
            process.join()
            with self._starting:
                del self._running[number]
            ours.close()
        return _end_all(share, why_killed(process.exitcode))

    def _listen(self, connection: Connection, share: Mapping[int, Submitted]) -> None:
        """Answer the jobs until all have said how they ended, or never will."""
        while not all(one.future.done() for one in share.values()):
            try:
                number, what, *said = connection.recv()
            except (EOFError, OSError):
                return
            one = share[number]
            if what == "ended":
                ended: Ended = said[0]
                ended.runs = one.runs
                one.future.set_result(ended)
                continue
            try:
                answer = self._answer(what, said, one.report, one.runs)
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


def _end_all(share: Sequence[Submitted], error: str) -> None:
    """Killed is what has not ended."""
    for one in share:
        if not one.future.done():
            one.future.set_result(Ended(one.job.number, "KILLED", error=error, runs=one.runs))


def _child(payload: bytes, environment: dict[str, str], connection: Connection) -> None:
    os.setsid()  # Ctrl-C in the terminal is for the coordinator
    os.environ.update(environment)
    function, program, given = cloudpickle.loads(payload)
    function(program, *given, connection=connection)


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
