"""A run's folder: who writes it, how far it is."""

import contextlib
import fcntl
import logging
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from groklab.errors import UserError
from groklab.files import check_writable, read_json, write_json, writing

RUNS = Path("runs")
KEPT_ON_RESTART = ("lock", "delivery.json")
_log = logging.getLogger(__name__)


class RunFolder:
    """``runs/<id>/``, held by one process at a time.

    Entering it waits for another process that trains the same run; the lock goes with the process, however it ends.

    Args:
        root: The folder of all runs.
        run: The run's identity.
        within: Folders in it that are made at the start.

    Raises:
        UserError: It cannot be written.
    """

    def __init__(self, root: Path, run: str, *, within: tuple[str, ...] = ("checkpoints",)) -> None:
        self.path = root / run
        self.run = run
        self.within = [self.path / name for name in within]
        self._lock: IO[str] | None = None

    def __enter__(self) -> "RunFolder":
        with writing(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = open(self.path / "lock", "a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.warning("run %s is being trained by another process; waiting for it", self.run)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        with writing(self.path):
            for litter in (*self.path.glob(".*.tmp"), *self.path.glob("checkpoints/.*.tmp")):
                litter.unlink(missing_ok=True)  # of a process that was killed while it wrote
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._lock:
            self._lock.close()

    @property
    def status(self) -> dict[str, Any]:
        """What ``status.json`` says; empty for a run that never started."""
        path = self.path / "status.json"
        return dict(read_json(path)) if path.exists() else {}

    @property
    def finished(self) -> bool:
        """Whether the network is trained."""
        return self.status.get("status") == "FINISHED"

    def clear(self) -> None:
        """Forget everything but where the run is tracked."""
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name not in KEPT_ON_RESTART:
                entry.unlink()

    def start(self, *, experiment: str, command: str) -> None:
        """Say that the run is under way, and since when; all that it will write to must be writable now."""
        for folder in {self.path, *self.within, *filter(Path.is_dir, self.path.iterdir())}:
            check_writable(folder)
        before = self.status
        if before.get("status") == "RUNNING":
            _log.info(
                "run %s was interrupted without a word (killed?); it goes on from its last checkpoint",
                self.run,
            )
        self._write(
            run=self.run,
            experiment=experiment,
            command=command,
            status="RUNNING",
            started=before.get("started") or _now(),
            ended=None,
            pid=os.getpid(),
            host=socket.gethostname(),
            error=None,
        )

    def end(self, status: str, *, error: str | None = None) -> None:
        """Say how the run ended: FINISHED, FAILED or KILLED.

        A disk that stopped the run may not take this word either; it does not hide the ``error``, and that the process
        is gone is seen from the lock.
        """
        with contextlib.suppress(UserError) if error else contextlib.nullcontext():
            self._write(**{**self.status, "status": status, "ended": _now(), "error": error})

    def note(self, **more: Any) -> None:
        """Add to the status of a run that is over."""
        self._write(**{**self.status, **more})

    def _write(self, **status: Any) -> None:
        write_json(self.path / "status.json", status)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
