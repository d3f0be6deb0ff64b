"""Jobs on slots, many to a process, whose fits are trained as one."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast, get_args

from omegaconf import OmegaConf

from groklab.errors import UserError
from groklab.files import digest
from groklab.launching.devices import Slot
from groklab.launching.job import Ended, Job, Program, Report
from groklab.launching.pool import Follow, Pool, Started, Submitted, go_on
from groklab.stacking.backends import Name


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
    ) -> None:
        super().__init__(slots, program, follow=follow, started=started)
        self._shares, self._widest, self._backend = len(slots), widest, backend
        self.num_slots = len(slots) * widest
        self._narrow: dict[int, int] = {}
        self._coming: list[Submitted] = []
        self._ready: list[tuple[str, Submitted]] = []
        self._changing = threading.Lock()

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Keep ``job`` for others like it, until all have come."""
        self._coming.append(Submitted(job, report or go_on))
        return self._coming[-1].future

    def flush(self) -> None:
        """Let slots that are free take what has come."""
        if not self._coming:
            return
        with self._changing:
            self._ready += [(_alike(one.job), one) for one in self._coming]
        self._coming = []
        for _ in range(self._shares):
            self._threads.submit(self._serve_ready)

    def _serve_ready(self) -> None:
        slot = self._free.get()
        try:
            while share := self._take():
                jobs = [one.job for one in share]
                log = Path(str(jobs[0].config.hydra.sweep.dir)) / "stacks" / f"{jobs[0].number}.log"
                self._work_in(slot, share, _work, jobs, self._widest, self._backend, log)
                for one in share:  # what its process died of may have been their number
                    if not one.future.exception() and one.future.result().status == "KILLED":
                        self._narrow[one.job.number] = max(1, len(share) // 2)
        finally:
            self._free.put(slot)

    def _take(self) -> list[Submitted]:
        """Jobs for one slot: those that are like the first, shared with the other free slots."""
        with self._changing:
            if not self._ready:
                return []
            alike = [one for kind, one in self._ready if kind == self._ready[0][0]]
            widest = min([self._widest, *(self._narrow.get(one.job.number, self._widest) for one in alike)])
            share = alike[: max(1, min(widest, -(-len(alike) // (self._free.qsize() + 1))))]
            self._ready = [(kind, one) for kind, one in self._ready if one not in share]
            return share


def _alike(job: Job) -> str:
    """Equal for jobs that may share a stack; whoever trains them looks again, and refuses what is wrong."""
    from groklab.stacking.sharing import common

    own = OmegaConf.masked_copy(job.config, [str(key) for key in job.config if key != "hydra"])
    plain: Any = OmegaConf.to_container(own, resolve=False)
    try:
        return digest(common(plain))
    except UserError:
        return f"job {job.number}"


def _work(
    program: Program, jobs: Sequence[Job], widest: int, backend: Name | None, log: Path, *, connection: Connection
) -> None:
    from groklab.launching.stack_work import work_stacked  # in the process that trains

    work_stacked(program, jobs, connection, widest=widest, backend=backend, log=log)


def backend_of(name: str | None) -> Name | None:
    """The backend that ``hydra.launcher.backend`` names.

    Raises:
        UserError: There is none of that name.
    """
    if name is not None and name not in get_args(Name):
        raise UserError(f"hydra.launcher.backend={name}: should be one of {', '.join(get_args(Name))}, or null")
    return cast("Name | None", name)
