"""One configuration on several seeds or folds: what tells luck from merit."""

from collections.abc import Generator, Mapping
from itertools import product
from typing import Any

from omegaconf import DictConfig

from groklab.app import command, job
from groklab.coordinator import Coordinator, Pruned, coordinated, coordinator
from groklab.experiment import training
from groklab.outcome import Outcome, Trained
from groklab.training.fit import Fitted
from groklab.training.interrupts import Interrupts
from groklab.training.request import FitRequest, alone


def train_repeats(config: Mapping[str, Any], *, command: str) -> Outcome:
    """Train ``config`` once for each of its seeds and folds, one after the other.

    Raises:
        As :func:`repeats`.
    """
    return alone(repeats(config, command=command))


def steps_of(config: DictConfig, *, interrupts: Interrupts) -> Generator[FitRequest, Fitted, Outcome]:
    """What ``pipelines/train.py`` does with a job's config, to be driven as :func:`repeats` is."""
    with job(config) as settings:
        told = command(settings)
    return (yield from repeats(settings, command=told, interrupts=interrupts))


def repeats(
    config: Mapping[str, Any], *, command: str, interrupts: Interrupts | None = None
) -> Generator[FitRequest, Fitted, Outcome]:
    """The fits of ``config``, one for each of its seeds and folds, to be driven as :func:`training` is.

    A search that prunes hears one value a repeat, in their order, so that a bad configuration gets few of them.

    Args:
        config: Resolved and checked; ``seed`` and ``fold`` may be lists, ``seeds`` counts from ``seed`` on.
        command: The shell command that gives it again.
        interrupts: Takes the signals already; default: each run its own.

    Raises:
        Pruned: The search has seen enough.
        As :func:`groklab.experiment.training`.
    """
    configs = repeats_of(config)
    by = coordinator()
    done: list[Trained] = []
    if by is None or len(configs) == 1:
        for one in configs:
            done.append((yield from training(one, command=command, interrupts=interrupts)))
        return Outcome(tuple(done))
    with coordinated(_Quiet(by)):
        for number, one in enumerate(configs):
            done.append((yield from training(one, command=command, interrupts=interrupts)))
            if by.report(number, done[-1].measured[done[-1].monitor]) and len(done) < len(configs):
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
