"""A claim: an assertion in words, and the experiment that decides it."""

import itertools
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from groklab.claims.measures import known_metric, reads_test
from groklab.config.suggest import did_you_mean
from groklab.errors import UserError
from groklab.primer import SECTIONS

Expect = Literal["higher", "lower", "no higher", "no lower"]
Point = Mapping[str, Any]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Arm(_Model):
    """What is compared.

    Args:
        overrides: Of the claim's config.
        tune: Values to try for some keys, all combinations; default: the claim's.
        baseline: Name of the baseline that answers in place of the network; nothing is trained for it.
    """

    overrides: tuple[str, ...] = ()
    tune: dict[str, tuple[Any, ...]] | None = None
    baseline: str | None = None


class Outcome(_Model):
    """What is measured, and what the claim says of it.

    Args:
        metric: As :mod:`groklab.claims.measures` has it.
        expect: What is asserted of the contrast.
        smallest_effect: The least difference worth speaking of, in the metric's unit; of ``no higher`` and
            ``no lower`` the margin.
        contrast: Weight of each arm; default: the first less the second.
        unit: For the reader.
    """

    metric: str
    expect: Expect
    smallest_effect: Annotated[float, Field(gt=0)]
    contrast: dict[str, float] | None = None
    unit: str = ""


class Claim(_Model):
    """An assertion and how it is decided; the keys of ``hydra.sweeper`` that ``hydra/sweeper=claim`` takes.

    Args:
        statement: The assertion, a sentence.
        section: Where the primer says so.
        arms: By name; the first is what the assertion is about.
        outcomes: The claim holds if each of them does.
        tune: Values to try for some keys, all combinations, in every arm.
        tune_seeds: Seeds of each combination.
        chosen_by: The metric that chooses among them, on validation data; default: ``trainer.monitor``.
        seeds: Fresh seeds on which the arms are compared, pair by pair.
        pair: Keys that take the seed's value too, such as ``data.split_seed``.
        equal: Keys of the config, and measured costs, in which the arms must not differ.
    """

    statement: Annotated[str, Field(min_length=1)]
    section: str
    arms: dict[str, Arm]
    outcomes: tuple[Outcome, ...]
    tune: dict[str, tuple[Any, ...]] = {}
    tune_seeds: Annotated[int, Field(ge=1)] = 2
    chosen_by: str | None = None
    seeds: Annotated[int, Field(ge=2)] = 12
    pair: tuple[str, ...] = ()
    equal: tuple[str, ...] = ("data", "trainer", "loss", "cost/num_steps")

    def points(self, arm: str) -> list[dict[str, Any]]:
        """The combinations that are tried for an arm; one empty one where there is nothing to choose."""
        given = self.arms[arm].tune
        tune = self.tune if given is None else given
        return [dict(zip(tune, values, strict=True)) for values in itertools.product(*tune.values())]

    @property
    def networks(self) -> list[str]:
        """The arms for which networks are trained."""
        return [name for name, arm in self.arms.items() if arm.baseline is None]

    def contrast(self, outcome: Outcome) -> dict[str, float]:
        """The weight of each arm in an outcome."""
        first, second = list(self.arms)[:2]
        return outcome.contrast or {first: 1.0, second: -1.0}


def read_claim(keys: Mapping[str, Any]) -> Claim:
    """The claim that ``hydra.sweeper`` describes.

    Raises:
        UserError: A key is unknown, of the wrong type or does not agree with another.
    """
    try:
        claim = Claim.model_validate(dict(keys))
    except ValidationError as error:
        raise _refused(error) from error
    _check(claim)
    return claim


def _refused(error: ValidationError) -> UserError:
    first = error.errors()[0]
    place = ".".join(("hydra.sweeper", *(str(part) for part in first["loc"])))
    if first["type"] != "extra_forbidden":
        return UserError(f"{place}: {first['msg'].lower()}")
    models: dict[Any, type[BaseModel]] = {"arms": Arm, "outcomes": Outcome}
    known = models.get(first["loc"][0], Claim) if len(first["loc"]) > 1 else Claim
    return UserError(f"{place}: is no key. {did_you_mean(str(first['loc'][-1]), known.model_fields)}")


def _check(claim: Claim) -> None:
    if len(claim.arms) < 2:
        raise UserError("hydra.sweeper.arms: a claim compares two arms or more")
    if not claim.networks:
        raise UserError("hydra.sweeper.arms: every arm is a baseline; at least one has a network to train")
    if not claim.outcomes:
        raise UserError("hydra.sweeper.outcomes: say what is measured, at least one metric")
    if claim.section not in SECTIONS:
        raise UserError(f"hydra.sweeper.section={claim.section}: {did_you_mean(claim.section, SECTIONS)}")
    for number, outcome in enumerate(claim.outcomes):
        place = f"hydra.sweeper.outcomes.{number}"
        known_metric(outcome.metric, where=f"{place}.metric")
        weights = claim.contrast(outcome)
        for name in weights:
            if name not in claim.arms:
                raise UserError(f"{place}.contrast.{name}: is no arm. {did_you_mean(name, claim.arms)}")
        if abs(sum(weights.values())) > 1e-9:
            raise UserError(f"{place}.contrast: the weights sum to {sum(weights.values()):g}; a contrast's sum to 0")
    if claim.chosen_by is not None:
        known_metric(claim.chosen_by, where="hydra.sweeper.chosen_by")
        if reads_test(claim.chosen_by):
            raise UserError(
                f"hydra.sweeper.chosen_by={claim.chosen_by}: reads the test part; what is chosen by it looks better "
                "than it is: choose by val/..."
            )
    counts = {name: len(claim.points(name)) for name in claim.arms}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise UserError(f"hydra.sweeper.arms: unequal budgets: {told} combinations to try; give each arm as many")
