"""One configuration on several seeds or folds: what tells luck from merit."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from groklab.coordinator import Coordinator, Pruned, coordinated, coordinator
from groklab.experiment import train
from groklab.outcome import Outcome, Trained


def train_repeats(config: Mapping[str, Any], *, command: str) -> Outcome:
    """Train ``config`` once for each of its seeds and folds, one after the other.

    A search that prunes hears one value a repeat, in their order, so that a bad configuration gets few of them.

    Args:
        config: Resolved and checked; ``seed`` and ``fold`` may be lists, ``seeds`` counts from ``seed`` on.
        command: The shell command that gives it again.

    Raises:
        Pruned: The search has seen enough.
        As :func:`groklab.experiment.train`.
    """
    repeats = repeats_of(config)
    by = coordinator()
    if by is None or len(repeats) == 1:
        return Outcome(tuple(train(repeat, command=command) for repeat in repeats))
    done: list[Trained] = []
    with coordinated(_Quiet(by)):
        for number, repeat in enumerate(repeats):
            done.append(train(repeat, command=command))
            if by.report(number, done[-1].measured[done[-1].monitor]) and len(done) < len(repeats):
                raise Pruned(number)
    return Outcome(tuple(done))


def repeats_of(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The configs of a configuration's runs, one for each seed and fold."""
    return [dict(config, seed=seed, fold=fold) for seed, fold in product(_seeds(config), _list(config["fold"]))]


def _seeds(config: Mapping[str, Any]) -> list[Any]:
    given = _list(config["seed"])
    return [given[0] + number for number in range(config["seeds"])] if len(given) == 1 else given


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


class _Quiet:
    """Passes on all but the values of single epochs, which differ from one repeat to the next."""

    def __init__(self, by: Coordinator) -> None:
        self.place = by.place
        self.data = by.data
        self.run = by.run
        self.follow = by.follow

    def report(self, step: int, value: float) -> bool:
        """Nothing is said, and nothing stops."""
        return False
