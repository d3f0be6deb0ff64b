"""The courier's rounds: it visits the followed runs until they are delivered."""

import time
from dataclasses import dataclass
from pathlib import Path

from groklab.tracking.delivery import deliver
from groklab.tracking.failures import Undelivered
from groklab.tracking.inbox import Inbox
from groklab.tracking.leftovers import claim, leftovers
from groklab.tracking.liveness import reap_run
from groklab.tracking.place import tracking_place
from groklab.tracking.store import Store, open_store

_POLL_S = 0.7
_LONGEST_PAUSE_S = 30.0
_DYING_S = 3.0  # a killed process loses its pipe a moment before it loses the lock on its run

Look = list[tuple[str, int, int]]


@dataclass
class Followed:
    """A run on its way.

    Attributes:
        seen: Names, sizes and times of its files when it was last delivered.
        complete: Whether the run was over by then.
        due: When to try again after a failure, in seconds of the monotonic clock.
        pause_s: Time between the last two tries.
        failure: Why the last try failed.
        failed_at: When it did.
    """

    seen: Look | None = None
    complete: bool = False
    due: float = 0.0
    pause_s: float = 0.0
    failure: Undelivered | None = None
    failed_at: float = 0.0

    def postpone(self, failure: Undelivered) -> None:
        """Try later, and later each time."""
        self.failed_at = time.monotonic()
        self.pause_s = min(max(2 * self.pause_s, _POLL_S), _LONGEST_PAUSE_S)
        self.due, self.failure = self.failed_at + self.pause_s, failure


class Rounds:
    """Delivers while training goes on, and once more when it is over.

    Args:
        inbox: Where the folders' names come from.
        root: Folder of ``mlflow.db`` where no server is named.
        experiment_name: MLflow experiment that lists the runs.
    """

    def __init__(self, inbox: Inbox, root: Path, experiment_name: str) -> None:
        self._inbox, self._root, self._experiment_name = inbox, root, experiment_name
        self._store: Store | None = None
        self._followed: dict[Path, Followed] = {}
        self._leftovers: list[Path] = []
        self._searched: set[Path] = set()

    def run(self) -> dict[str, object]:
        """Go round until the input has ended and each run had its last visit; gives the report."""
        while True:
            # Asked before the names are taken: names that came before the end are then all taken.
            ended = self._inbox.ended_at < float("inf")
            for folder in self._inbox.take():
                self._take_on(folder)
            if ended:
                return self._last_round()
            self._round()
            self._inbox.wait(_POLL_S)

    def _take_on(self, folder: Path) -> None:
        claim(folder)
        self._followed[folder] = Followed()
        if folder.parent not in self._searched:
            self._searched.add(folder.parent)
            self._leftovers += leftovers(folder.parent, tracking_place(self._root))

    def _round(self) -> None:
        for folder, followed in self._followed.items():
            if followed.complete or time.monotonic() < followed.due:
                continue
            self._visit(folder, followed)
            if followed.failure is not None and followed.failure.unreachable:
                # The others would wait for the same server.
                for other in self._followed.values():
                    other.due = max(other.due, followed.due)
                return
        if self._leftovers and self._store is not None:
            # One a round, and none once training is over: nobody waits for them.
            folder = self._leftovers.pop()
            if folder not in self._followed:
                self._visit(folder, Followed())

    def _last_round(self) -> dict[str, object]:
        for folder, followed in self._followed.items():
            # A try that failed after the end was the last one; a second would only make the user wait twice.
            if followed.failure is None or followed.failed_at < self._inbox.ended_at:
                self._see_off(folder, followed)
            if followed.failure is not None and followed.failure.unreachable:
                return self._report(followed.failure)
        return self._report(next((item.failure for item in self._followed.values() if item.failure), None))

    def _see_off(self, folder: Path, followed: Followed) -> None:
        self._visit(folder, followed)
        while followed.failure is None and not followed.complete:
            if reap_run(folder):
                self._visit(folder, followed)
            elif time.monotonic() > self._inbox.ended_at + _DYING_S:
                return
            else:
                time.sleep(0.1)

    def _visit(self, folder: Path, followed: Followed) -> None:
        look = _look(folder)
        if look == followed.seen and followed.failure is None:
            return
        try:
            if self._store is None:
                self._store = open_store(self._root, self._experiment_name)
            done = deliver(folder, self._store)
        except Undelivered as failure:
            followed.postpone(failure)
            return
        followed.seen, followed.complete = look, done.complete
        followed.pause_s, followed.failure = 0.0, None

    def _report(self, failure: Undelivered | None) -> dict[str, object]:
        lacking = [folder.name for folder, item in self._followed.items() if item.failure or item.seen is None]
        return {"undelivered": lacking, "reason": None if failure is None else str(failure)}


def _look(folder: Path) -> Look:
    """The files that a delivery reads, as they are now."""
    found = []
    for pattern in ("*", "pictures/*", "plots/*"):
        for path in folder.glob(pattern):
            try:
                status = path.stat()
            except OSError:
                continue
            if not path.name.startswith((".", "delivery.json")) and path.is_file():
                found.append((str(path), status.st_size, status.st_mtime_ns))
    return sorted(found)
