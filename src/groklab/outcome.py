"""What a job gives back: its runs and what they measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any


@dataclass(frozen=True)
class Trained:
    """One run that is trained and scored.

    Args:
        run: Its identity.
        metrics_file: Where its scores lie.
        monitor: Validation metric by which the epoch of its weights was chosen.
        mode: Whether a smaller (``min``) or a larger (``max``) value of it is better.
        measured: Validation metrics of the kept weights, and ``cost/...``.
        found: Whether it was trained before, and nothing was left to do.
    """

    run: str
    metrics_file: str
    monitor: str
    mode: str
    measured: Mapping[str, float]
    found: bool = False

    def __str__(self) -> str:
        return f"run {self.run} FINISHED {self.metrics_file}"


@dataclass(frozen=True)
class Outcome:
    """A job's runs, one for each of its seeds and folds; as a number, the mean of what they monitored.

    Sweepers that know nothing of groklab take the number.
    """

    runs: tuple[Trained, ...]

    def __float__(self) -> float:
        return self.mean(self.runs[0].monitor)

    @property
    def found(self) -> bool:
        """Whether there was nothing to train."""
        return all(run.found for run in self.runs)

    def mean(self, name: str) -> float:
        """Mean of a measured value over the runs."""
        return fmean(run.measured[name] for run in self.runs)

    def __str__(self) -> str:
        return "\n".join(map(str, self.runs))


def measured(best: Mapping[str, Any], cost: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of a run by which a search can choose, from ``best.json`` and ``cost.json``."""
    numbers = {f"cost/{name}": value for name, value in cost.items() if isinstance(value, int | float)}
    return {**best["metrics"], **numbers}
