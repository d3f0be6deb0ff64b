"""What a job of a multirun says to the process that started it; in a run of its own nobody listens."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol


class Pruned(BaseException):
    """The search stops this trial: others were better at the same point."""

    def __init__(self, step: int) -> None:
        super().__init__(f"pruned by the search at step {step}")
        self.step = step


class Coordinator(Protocol):
    """The process that started the job, as the job sees it."""

    @property
    def place(self) -> dict[str, str | int]:
        """Where the job belongs: ``sweep``, the name of its folder in ``multirun/``, and ``job``, its number."""

    def data(self, config: Mapping[str, Any]) -> Path | None:
        """Where the prepared data of a config lie (``data``, ``fold``, ``folds``); None: where any run has them."""

    def run(self, run: str) -> None:
        """The job works on this run from now on; its folder holds what was reached of it anywhere."""

    def follow(self, experiment_name: str, close_timeout_s: float, run_folder: Path) -> None:
        """Have the run's folder delivered by the one process that delivers for all jobs."""

    def report(self, step: int, value: float) -> bool:
        """A value on the way to the objective; whether to stop here."""


_current: Coordinator | None = None


def coordinator() -> Coordinator | None:
    """The process that started this job, or None."""
    return _current


@contextlib.contextmanager
def coordinated(by: Coordinator) -> Iterator[None]:
    """Within the block the running code is a job of ``by``."""
    global _current
    before, _current = _current, by
    try:
        yield
    finally:
        _current = before
