"""What the courier is told: run folders, one a line, until the training process ends."""

import os
import queue
import sys
import threading
import time
from pathlib import Path


class Inbox:
    """Folder names from standard input, read by a thread so that the sender never waits.

    Args:
        deadline_s: The process ends by force so many seconds after the end of the input, whatever hangs.
    """

    def __init__(self, *, deadline_s: float) -> None:
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._parent = os.getppid()
        self._end = threading.Event()
        self._ended_at = float("inf")
        self._deadline_s = deadline_s
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._expire, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._names.put(line.rstrip("\n"))
        self._finish()

    def _finish(self) -> None:
        if not self._end.is_set():
            self._ended_at = time.monotonic()
            self._end.set()

    def _expire(self) -> None:
        # A forked worker of the training may hold the pipe open, so a change of parent counts as an end too.
        while not self._end.wait(1.0):
            if os.getppid() != self._parent:
                self._finish()
        time.sleep(self._deadline_s)
        os._exit(1)

    def take(self) -> list[Path]:
        """What came since the last look."""
        names = []
        while not self._names.empty():
            names.append(Path(self._names.get()))
        return names

    @property
    def ended_at(self) -> float:
        """When the input ended, in seconds of the monotonic clock; infinite before that."""
        return self._ended_at

    def wait(self, seconds: float) -> None:
        """Sleep, but not past the end of the input."""
        if not self._end.wait(seconds):
            return
        time.sleep(0.05)
