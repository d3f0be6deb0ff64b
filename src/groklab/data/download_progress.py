"""How far a download is: a bar on a terminal, a line in a log."""

import logging
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

_log = logging.getLogger(__name__)


def progress(url: str) -> "DownloadLine":
    """What suits the standard error stream."""
    console = Console(stderr=True)
    return DownloadBar(url, console) if console.is_terminal else DownloadLine(url)


class DownloadLine:
    """One line as the server begins to send; ``total``, ``update``, ``reset`` and ``close`` are what pooch asks for."""

    total: int  # bytes to come, set by pooch

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.name = parts.netloc, parts.path.rpartition("/")[2]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def begin(self, start: int, num_bytes: int) -> None:
        """``num_bytes`` are to come (0: not known), after ``start`` that are there."""
        size = f"{(start + num_bytes) / 1e6:.1f} MB" if num_bytes else "size unknown"
        going_on = f", going on at {start / 1e6:.1f} MB" if start else ""
        _log.info("fetching %s from %s, %s%s", self.name, self.host, size, going_on)

    def update(self, num_bytes: int) -> None:
        """So many more have come."""

    def reset(self) -> None:
        """Back to the start, before pooch gives the whole number again."""

    def close(self) -> None:
        """The end."""


class DownloadBar(DownloadLine):
    """A Rich bar over bytes."""

    def __init__(self, url: str, console: Console) -> None:
        super().__init__(url)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=console, transient=True, refresh_per_second=4)

    def begin(self, start: int, num_bytes: int) -> None:
        """Show the bar, from what is there already."""
        self.start = start
        total = start + num_bytes if num_bytes else None
        self.task = self.bar.add_task(f"fetching {self.name}", completed=start, total=total)
        self.bar.start()

    def update(self, num_bytes: int) -> None:
        """Move on."""
        self.bar.update(self.task, advance=num_bytes)

    def reset(self) -> None:
        """Move back."""
        self.bar.update(self.task, completed=self.start)

    def close(self) -> None:
        """Give the terminal back."""
        self.bar.stop()
