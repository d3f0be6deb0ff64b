"""A job on a node of a Ray cluster: where it works, and what travels between node and coordinator."""

import contextlib
import hashlib
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cloudpickle
import ray

import groklab
from groklab.data.prepare import locked
from groklab.data.swap import replacing
from groklab.errors import UserError
from groklab.launching.devices import ONE_THREAD, Slot
from groklab.launching.job import NOT_STARTED, Ended, Job
from groklab.launching.mirror import Mirror, apply
from groklab.launching.pool import Pool
from groklab.run_folder import RUNS

Ask = Callable[..., Any]
_LOOK_S, _SEND_S = 1.0, 5.0


@dataclass(frozen=True)
class Place:
    """Where the coordinator works.

    Args:
        folder: Its working folder.
        token: A file in it, by which a node sees that it has the same one.
        content: Of that file.
        node_folder: Where nodes work in any case; variables of their environment are put in.
        code: Hash of its source of groklab.
        words: Its command line.
        environment: What it hands on of its environment.
    """

    folder: str
    token: str
    content: str
    node_folder: str | None
    code: str
    words: tuple[str, ...]
    environment: Mapping[str, str]

    def enter(self) -> bool:
        """Go to the folder where this node works; whether it is the coordinator's own.

        Raises:
            UserError: The node has another version of groklab.
        """
        if source_hash() != self.code:
            raise UserError(
                f"node {socket.gethostname()}: its groklab ({Path(groklab.__file__).parent}) is not the coordinator's; "
                "install the same version there"
            )
        sys.argv[:] = self.words
        with contextlib.suppress(OSError):
            if self.node_folder is None and Path(self.folder, self.token).read_text() == self.content:
                os.chdir(self.folder)
                return True
        default = Path(tempfile.gettempdir()) / f"groklab-{os.getuid()}"
        folder = Path(os.path.expandvars(self.node_folder)) if self.node_folder else default
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
        return False


@cache
def source_hash() -> str:
    """Hash of groklab's source."""
    root = Path(groklab.__file__).parent
    total = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return total.hexdigest()


def work_on_node(desk: Any, line: str, program: bytes, job: Job, place: Place) -> Ended:
    """Run ``job`` in a process of its own, forked on this node from one that has imported everything.

    Raises:
        UserError: The node has another version of groklab.
    """

    def ask(*question: Any) -> Any:
        answer = ray.get(desk.ask.remote(line, *question))
        if isinstance(answer, UserError):
            raise answer
        return answer

    name = f"{socket.gethostname()} {os.getpid()}"
    if not ask("started", name):
        return Ended(job.number, "KILLED", error=NOT_STARTED)
    shared = place.enter()
    sys.modules["__main__"].__file__ = None  # Ray's own program, which no job needs to import
    carrier: Carrier | None = None
    hooks: dict[str, Any] = {"took": lambda run: ask("run", run, False)}
    if not shared:
        job = replace(job, log=Path(f"{line}.log").absolute())
        carrier = Carrier(ask, job.log)
        hooks = {"took": carrier.took, "data": carrier.data}
    pool = Pool(
        [Slot(name, {**place.environment, **ONE_THREAD, "CUDA_VISIBLE_DEVICES": _gpus()})],
        cloudpickle.loads(program),
        follow=lambda experiment, timeout_s, folder: ask("follow", experiment, timeout_s, os.path.relpath(folder)),
        started=lambda job, slot: None,
        **hooks,
    )
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(desk, pool, carrier, over))
    watch.start()
    try:
        return pool.submit(job, lambda step, value: ask("report", step, value)).result()
    finally:
        over.set()
        watch.join()
        pool.close()
        if carrier:
            carrier.finish()


def _gpus() -> str:
    return ",".join(map(str, ray.get_gpu_ids()))


def _watch(desk: Any, pool: Pool, carrier: "Carrier | None", over: threading.Event) -> None:
    """Stop the job when the coordinator asks for it or is gone; send what it has written now and then."""
    sent = time.monotonic()
    while not over.wait(_LOOK_S):
        try:
            if ray.get(desk.stopping.remote()):
                pool.stop()
            if carrier and time.monotonic() - sent > _SEND_S:
                carrier.send()
                sent = time.monotonic()
        except ray.exceptions.RayError:
            pool.stop()


class Carrier:
    """Brings data and checkpoints to a node whose files are its own, and the run's folder back.

    Args:
        ask: Asks the coordinator.
        log: Takes what the job prints.
    """

    def __init__(self, ask: Ask, log: Path) -> None:
        self._ask, self._log = ask, log
        self._mirror: Mirror | None = None
        self._num_said = 0
        self._sending = threading.Lock()

    def data(self, config: Mapping[str, Any]) -> Path:
        """Where the data of a config lie on this node; sent once."""
        folder: Path
        folder, reference = self._ask("data", config)
        with locked(folder):
            if not folder.exists():
                content = ray.get(reference)
                with replacing(folder) as incoming:
                    apply(content, incoming)
        return folder

    def took(self, run: str) -> None:
        """The job begins with a run: what the coordinator has of it goes into its folder here."""
        self.leave()
        with self._sending:
            mirror = Mirror(RUNS / run)
            mirror.replace(self._ask("run", run, True))
            self._mirror = mirror

    def send(self) -> None:
        """Send what the job has written since the last time."""
        with self._sending:
            text = self._log.read_bytes()[self._num_said :] if self._log.exists() else b""
            self._num_said += len(text)
            if self._mirror:
                self._ask("wrote", self._mirror.folder, self._mirror.changes())
            self._ask("said", text)

    def leave(self) -> None:
        """Send the rest of a run and keep nothing of it here."""
        self.send()
        if self._mirror:
            self._mirror.replace({})
            self._mirror = None

    def finish(self) -> None:
        """The job is over."""
        self.leave()
        self._log.unlink(missing_ok=True)
