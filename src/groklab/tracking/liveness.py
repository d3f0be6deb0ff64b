"""Whether the process that writes a run still lives."""

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groklab.errors import UserError
from groklab.files import read_json, write_json

RUNNING = "RUNNING"
_ERROR = "the process ended without saying so (killed?)"


def status_of(run_folder: Path) -> dict[str, Any]:
    """The content of ``status.json``; empty where there is none that can be read yet."""
    try:
        status = read_json(run_folder / "status.json")
    except UserError:
        return {}
    return status if isinstance(status, dict) else {}


def run_folders(runs_root: Path) -> list[Path]:
    """Every folder under ``runs_root`` that holds a run, by name."""
    return sorted(path.parent for path in runs_root.glob("*/status.json"))


@contextlib.contextmanager
def _unless_alive(run_folder: Path) -> Iterator[bool]:
    """Hold the run's lock if nobody does; gives False where its writer lives.

    The kernel drops the lock with its holder, whatever killed it.
    """
    with open(run_folder / "lock", "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def reap_run(run_folder: Path) -> bool:
    """Mark one run FAILED if it says RUNNING and its writer, on this host, is gone; whether it was so."""
    status = status_of(run_folder)
    if status.get("status") != RUNNING or status.get("host") not in (None, socket.gethostname()):
        return False
    with _unless_alive(run_folder) as alone:
        # Read again: the writer may have said its last word between the look and the lock.
        status = status_of(run_folder)
        if not alone or status.get("status") != RUNNING:
            return False
        ended = datetime.now(UTC).isoformat(timespec="seconds")
        write_json(run_folder / "status.json", {**status, "status": "FAILED", "error": _ERROR, "ended": ended})
    return True


def reap(runs_root: Path) -> list[Path]:
    """Mark as FAILED every run that says RUNNING though its process is gone; the folders it was so for.

    A run of another host is left alone: its lock cannot be seen from here.
    """
    return [folder for folder in run_folders(runs_root) if reap_run(folder)]
