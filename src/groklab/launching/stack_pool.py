"""Jobs on slots, many to a process, whose fits are trained as one."""

import copy
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, get_args

import cloudpickle
from omegaconf import OmegaConf

from groklab.errors import UserError
from groklab.files import digest
from groklab.launching.devices import Slot
from groklab.launching.job import NOT_STARTED, Ended, Job, Program, Report, why_killed
from groklab.launching.pool import Data, Follow, Pool, Started, go_on, pinned
from groklab.stacking.backends import Name


@dataclass(eq=False)
class _Waiting:
    job: Job
    report: Report
    kind: str
    future: "Future[Ended]" = field(default_factory=Future)
    runs: list[str] = field(default_factory=list)


class StackPool(Pool):
    """Gathers jobs that differ only in what a stack can hold, and gives each slot a share of them in one process.

    What a job comes to does not depend on which others are in its process.

    Args:
        slots: Where processes run.
        program: What every job runs.
        widest: Most jobs in a process.
        backend: How stacks are computed; None has it chosen by a probe.
        follow: Called with what a job wants delivered.
        started: Called in a thread when a job gets its slot.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        program: Program,
        *,
        widest: int,
        backend: Name | None,
        follow: Follow,
        started: Started,
        data: Data = lambda config: None,
    ) -> None:
        super().__init__(slots, program, follow=follow, started=started, data=data)
        self._shares, self._backend = len(slots), backend
        self._widest = widest
        self.num_slots = len(slots) * widest
        self._narrow: dict[int, int] = {}
        self._waiting: list[_Waiting] = []
        self._ready: list[_Waiting] = []
        self._changing = threading.Lock()

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Keep ``job`` for others like it, until all have come."""
        waiting = _Waiting(job, report or go_on, _alike(job))
        self._waiting.append(waiting)
        return waiting.future

    def flush(self) -> None:
        """Let slots that are free take what has come."""
        if not self._waiting:
            return
        with self._changing:
            self._ready += self._waiting
            self._waiting = []
        for _ in range(self._shares):
            self._threads.submit(self._serve_ready)

    def _serve_ready(self) -> None:
        slot = self._free.get()
        try:
            while share := self._take():
                self._work_share(slot, share)
                for one in share:
                    if not one.future.done():
                        lost = "its process could not be started"
                        one.future.set_result(Ended(one.job.number, "KILLED", error=lost))
        finally:
            self._free.put(slot)

    def _take(self) -> list[_Waiting]:
        """Jobs for one slot: those that are like the first, shared with the other free slots."""
        with self._changing:
            if not self._ready:
                return []
            kind = self._ready[0].kind
            alike = [one for one in self._ready if one.kind == kind]
            widest = min([self._widest, *(self._narrow.get(one.job.number, self._widest) for one in alike)])
            share = alike[: max(1, min(widest, -(-len(alike) // (self._free.qsize() + 1))))]
            self._ready = [one for one in self._ready if one not in share]
            return share

    def _work_share(self, slot: Slot, share: list[_Waiting]) -> None:
        ours, theirs = self._context.Pipe()
        jobs = [one.job for one in share]
        log = Path(str(jobs[0].config.hydra.sweep.dir)) / "stacks" / f"{jobs[0].number}.log"
        settings = {"widest": self._widest, "backend": self._backend, "log": log}
        payload = cloudpickle.dumps((self._program, jobs, settings))
        process: BaseProcess
        with self._starting:
            if self.stopping:
                for one in share:
                    one.future.set_result(Ended(one.job.number, "KILLED", error=NOT_STARTED))
                return
            process = self._context.Process(target=_child, args=(payload, slot.environment, theirs), daemon=True)
            try:
                process.start()
            except (OSError, EOFError):  # it was killed before it had read what to do
                return
            self._running[jobs[0].number] = process
        theirs.close()
        for one in share:
            self._started(one.job, copy.copy(slot))
        by_number = {one.job.number: one for one in share}
        try:
            self._hear(ours, by_number)
        finally:
            process.join()
            with self._starting:
                del self._running[jobs[0].number]
            ours.close()
        for one in share:
            if not one.future.done():
                self._narrow[one.job.number] = max(1, len(share) // 2)
                one.future.set_result(
                    Ended(one.job.number, "KILLED", error=why_killed(process.exitcode), runs=one.runs)
                )

    def _hear(self, connection: Connection, by_number: dict[int, _Waiting]) -> None:
        """Answer the jobs until their process is gone."""
        while True:
            try:
                number, what, *said = connection.recv()
            except (EOFError, OSError):
                return
            one = by_number[number]
            if what == "ended":
                ended: Ended = said[0]
                ended.runs = one.runs
                one.future.set_result(ended)
                continue
            answer: Any
            try:
                answer = self._answer(what, said, one.report, one.runs)
            except UserError as error:
                answer = error
            try:
                connection.send(answer)
            except OSError:
                return


def _alike(job: Job) -> str:
    """Equal for jobs that may share a stack; whoever trains them looks again, and refuses what is wrong."""
    from groklab.stacking.sharing import common

    own = OmegaConf.masked_copy(job.config, [str(key) for key in job.config if key != "hydra"])
    plain: Any = OmegaConf.to_container(own, resolve=False)
    try:
        return digest(common(plain))
    except UserError:
        return f"job {job.number}"


def _child(payload: bytes, environment: dict[str, str], connection: Connection) -> None:
    from groklab.launching.stack_work import work_stacked

    pinned(environment)
    program, jobs, settings = cloudpickle.loads(payload)
    work_stacked(program, jobs, connection, **settings)


def backend_of(name: str | None) -> Name | None:
    """The backend that ``hydra.launcher.backend`` names.

    Raises:
        UserError: There is none of that name.
    """
    for known in get_args(Name):
        if name == known:
            return known  # type: ignore[no-any-return]
    if name is None:
        return None
    raise UserError(f"hydra.launcher.backend={name}: should be one of {', '.join(get_args(Name))}, or null")
