"""What of a run is already in MLflow: ``runs/<id>/delivery.json``."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from groklab.errors import UserError
from groklab.files import read_json, write_json
from groklab.tracking.failures import Undelivered
from groklab.tracking.place import Place

LOCK = ".delivery.lock"
_FILE = "delivery.json"
_LOCK_TIMEOUT_S = 60.0


@dataclass
class State:
    """One run's deliveries to one place.

    Attributes:
        path: The file it is kept in.
        shown: The place's URI without secrets; the key in the file.
        run_id: MLflow's id of the run, or None before it has one.
        lines: Lines of ``log.jsonl`` that are delivered.
        doubtful: Whether lines after those may be in MLflow too: a sending was begun and never confirmed.
        sent: Digest of every other thing that is delivered, by name.
        changed: Whether anything was sent since it was read.
    """

    path: Path
    shown: str
    run_id: str | None = None
    lines: int = 0
    doubtful: bool = False
    sent: dict[str, str] = field(default_factory=dict)
    changed: bool = False

    def lacks(self, name: str, digest: str) -> bool:
        """Whether ``name`` has yet to be sent with this content."""
        return self.sent.get(name) != digest

    def remember(self, name: str, digest: str) -> None:
        """Note that ``name`` is in MLflow with this content."""
        self.sent[name] = digest
        self.save()

    def forget(self) -> None:
        """Start over: MLflow no longer knows the run."""
        self.run_id, self.lines, self.doubtful, self.sent = None, 0, False, {}

    def save(self) -> None:
        """Write it, whole or not at all; other places' entries stay."""
        self.changed = True
        entry = {key: value for key, value in asdict(self).items() if key not in ("path", "shown", "changed")}
        write_json(self.path, {**_entries(self.path), self.shown: entry})


@contextlib.contextmanager
def state_of(run_folder: Path, place: Place) -> Iterator[State]:
    """The state of a run, held by this process alone until the block ends.

    Raises:
        Undelivered: another process has held it for a minute.
    """
    with open(run_folder / LOCK, "a") as lock:
        _acquire(lock.fileno(), run_folder)
        path = run_folder / _FILE
        yield State(path, place.shown, **_entries(path).get(place.shown, {}))


def sent_to(place: Place, run_folder: Path) -> dict[str, str]:
    """Digest of each thing that ``place`` has of a run, by name."""
    return dict(_entries(run_folder / _FILE).get(place.shown, {}).get("sent", {}))


def _entries(path: Path) -> dict[str, Any]:
    try:
        entries = read_json(path)
    except UserError:
        return {}
    return entries if isinstance(entries, dict) else {}


def _acquire(descriptor: int, run_folder: Path) -> None:
    deadline = time.monotonic() + _LOCK_TIMEOUT_S
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Undelivered(f"{run_folder}: another process is delivering it", unreachable=False) from None
            time.sleep(0.05)
