"""The jobs of a claim: every arm's trials, then every arm on fresh seeds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from groklab.claims.definition import Claim
from groklab.launching.job import Request


class Jobs:
    """Makes a claim's jobs.

    Args:
        claim: What is asserted.
        words: Of the command line, for every job.
        first_seed: Of the trials; the fresh seeds follow on them.
    """

    def __init__(self, claim: Claim, words: Sequence[str], *, first_seed: int) -> None:
        self.claim, self.words = claim, tuple(words)
        self.tune_seeds = range(first_seed, first_seed + claim.tune_seeds)
        self.seeds = range(first_seed + claim.tune_seeds, first_seed + claim.tune_seeds + claim.seeds)

    @property
    def tuned(self) -> bool:
        """Whether there is anything to choose."""
        return any(len(self.claim.points(name)) > 1 for name in self.claim.arms)

    def overrides(self, arm: str, point: Mapping[str, Any], seed: int) -> tuple[str, ...]:
        """Of one job's config."""
        seeded = [f"{key}={seed}" for key in ("seed", *self.claim.pair)]
        return (*self.words, *self.words_of(arm, point), *seeded, "test=false", "publish=false")

    def words_of(self, arm: str, point: Mapping[str, Any]) -> tuple[str, ...]:
        """What tells an arm's job from the claim's config."""
        return (*self.claim.arms[arm].overrides, *(f"{key}={text(value)}" for key, value in point.items()))

    def trials(self) -> dict[tuple[str, int, int], Request]:
        """By arm, number of the combination and seed."""
        wanted = [
            (name, number, seed)
            for name in self.claim.networks
            for number in range(len(self.claim.points(name)))
            for seed in self.tune_seeds
        ]
        return {
            key: self._request(
                index, key[0], self.claim.points(key[0])[key[1]], key[2], f"tune-{key[0]}-{key[1]}-{key[2]}"
            )
            for index, key in enumerate(wanted)
        }

    def comparison(self, chosen: Mapping[str, Mapping[str, Any]], *, first: int) -> dict[tuple[str, int], Request]:
        """By arm and seed; jobs are numbered from ``first`` on."""
        wanted = [(name, seed) for name in self.claim.networks for seed in self.seeds]
        return {
            key: self._request(index, key[0], chosen[key[0]], key[1], f"{key[0]}-{key[1]}")
            for index, key in enumerate(wanted, start=first)
        }

    def _request(self, number: int, arm: str, point: Mapping[str, Any], seed: int, folder: str) -> Request:
        varied = (*self.words_of(arm, point), f"seed={seed}")
        return Request(number, self.overrides(arm, point, seed), varied, folder=folder)


def text(value: Any) -> str:
    """A value as Hydra's grammar reads it."""
    return value if isinstance(value, str) else json.dumps(value)
