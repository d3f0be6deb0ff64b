"""What a multirun shows while it runs: a table on a terminal, plain lines in a log."""

import logging
import sys
import threading
import time
from collections import deque
from itertools import groupby
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from groklab.launching.devices import Slot
from groklab.launching.job import Ended, Job

_LAST_LINES = 5
_log = logging.getLogger(__name__)


class View:
    """Slots, jobs, the best so far and the time left, on standard error.

    Args:
        what: What one job is called, ``job`` or ``trial``.
        total: How many there will be.
        console: Where to; a terminal gets a table that moves, anything else a line for each job.
    """

    def __init__(self, what: str, total: int, *, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self.what, self.total, self.done, self.best = what, total, 0, ""
        self._console = console
        self._running: dict[int, tuple[Job, str, float]] = {}  # by number: the job, its slot, since when
        self._seconds: list[float] = []
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        self._changing = threading.Lock()
        self._live = Live(
            console=console,
            get_renderable=self._table,
            refresh_per_second=2,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),  # results that go to a file stay out of the table
        )

    def __enter__(self) -> "View":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def started(self, job: Job, slot: Slot) -> None:
        """A job has its slot."""
        with self._changing:
            self._running[job.number] = (job, slot.name, time.monotonic())

    def ended(self, ended: Ended, text: str) -> None:
        """A job is over; ``text`` says with what."""
        with self._changing:
            if ended.number in self._running:
                _, _, since = self._running.pop(ended.number)
                self._seconds.append(time.monotonic() - since)
        self.say(f"{self.what} {ended.number} {ended.status}: {text}")

    def say(self, line: str) -> None:
        """One line that stays."""
        if self._console.is_terminal:
            self._last.append(line)
        else:
            _log.info("%s", f"{line}  [{self.done} of {self.total}{self._left()}]")

    def _left(self) -> str:
        """Time to the end, if the jobs to come take as long as those before."""
        if not self._seconds or not self._running:
            return ""
        mean = sum(self._seconds) / len(self._seconds)
        left = mean * (self.total - self.done) / max(len(self._running), 1)
        return f", about {left:.0f} s left" if left < 120 else f", about {left / 60:.0f} min left"

    def _table(self) -> Group:
        with self._changing:
            table = Table(box=None, pad_edge=False)
            for column in ("slot", self.what, "s", "with"):
                table.add_column(column, overflow="ellipsis", no_wrap=True)
            for name, together in groupby(sorted(self._running.values(), key=_place), key=lambda one: one[1]):
                (job, _, since), *others = together
                took = f"{time.monotonic() - since:.0f}"
                number = f"{job.number} and {len(others)} more" if others else str(job.number)
                table.add_row(name, number, took, Text(" ".join(job.varied)))  # its brackets are no markup
            lines = [Text(line, overflow="ellipsis", no_wrap=True) for line in self._last]
            bar = ProgressBar(total=max(self.total, 1), completed=self.done, width=40)
            head = Text(f"{self.done} of {self.total}{self._left()}  {self.best}")
            return Group(table, *lines, bar, head)


def _place(running: tuple[Job, str, float]) -> tuple[str, int]:
    job, slot, _ = running
    return slot, job.number
