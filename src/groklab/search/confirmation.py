"""The winner of a search, trained again on seeds that the search never saw."""

from collections.abc import Mapping
from statistics import fmean
from typing import Any

from groklab.interval import mean_interval
from groklab.launching.job import Ended, Request
from groklab.search.space import REPEATED
from groklab.search.trials import Trials


class Confirmation:
    """Fresh seeds for the best trial, and by how much the search flattered it.

    The best of many noisy values is better than what it will give again (the winner's curse); the difference is the
    optimism gap.

    Args:
        trials: The search, over.
        settings: Of a job of it.
        number: Fresh seeds.
    """

    def __init__(self, trials: Trials, settings: Mapping[str, Any], *, number: int) -> None:
        winner = trials.best_trial
        assert winner is not None
        self.trials, self.winner = trials, winner
        seeds = settings["seed"] if isinstance(settings["seed"], list) else [settings["seed"]]
        first = max(seeds) + settings["seeds"]
        fixed = [word for word in trials.space.fixed if word.partition("=")[0] not in (*REPEATED, "seeds")]
        base = len(trials.study.get_trials(deepcopy=False))
        self._waiting = [
            Request(
                base + index,
                (*fixed, *trials.space.overrides(winner.params), f"seed={first + index}"),
                (f"seed={first + index}",),
                folder=f"confirm-{winner.number}-{first + index}",
            )
            for index in range(number)
        ]
        self.values: list[float] = []
        self._number = trials.done

    @property
    def done(self) -> int:
        """Trials of the search, all over."""
        return self._number

    @property
    def best(self) -> str:
        """The winner."""
        return self.trials.best

    def ask(self) -> Request | None:
        """The next fresh seed."""
        return self._waiting.pop(0) if self._waiting else None

    def told(self, request: Request, ended: Ended) -> str:
        """Take its value."""
        if ended.status != "FINISHED":
            return f"{ended.error}  {' '.join(request.varied)}"
        self.values.append(self.trials.values(ended.value)[0])
        return f"fresh seed: {self.trials.objectives[0]}={self.values[-1]:.6g}  {' '.join(request.varied)}"

    @property
    def mean(self) -> float:
        """Of the fresh seeds."""
        return fmean(self.values)

    @property
    def gap(self) -> float:
        """How much better the search had it than the fresh seeds have; positive where it was flattered."""
        sign = 1 if self.trials.study.direction.name == "MINIMIZE" else -1
        return sign * (self.mean - float(self.winner.value or 0))

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the mean by Student's t; None below two values."""
        return mean_interval(self.values)

    def __str__(self) -> str:
        if not self.values:
            return f"trial {self.winner.number} could not be confirmed: every fresh seed failed"
        within = f" (95 % {self.interval[0]:.6g} to {self.interval[1]:.6g})" if self.interval else ""
        return (
            f"trial {self.winner.number}: {self.trials.objectives[0]} {self.winner.value:.6g} in the search, "
            f"{self.mean:.6g}{within} on {len(self.values)} fresh seeds; optimism gap {self.gap:.3g}"
        )
