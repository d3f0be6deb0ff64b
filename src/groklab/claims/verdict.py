"""From evidence to verdicts: all claims together, so that many of them do not find something by chance."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from groklab.claims.statistics import (
    CONFIDENCE,
    LEVEL,
    Effect,
    effect,
    holm,
    pairs_needed,
    power,
    sign_flips,
    two_sided,
)
from groklab.interval import mean_interval

SUPPORTED, CONTRADICTED, NOT_SHOWN = "supported", "contradicted", "not shown"
_FEWEST_PAIRS = 2


def judged(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The records with their verdicts.

    A claim of several outcomes is supported if each of them is (an intersection-union test, Berger 1982) and
    contradicted if any of them is. The p values of all outcomes of all claims are corrected together by Holm's
    procedure, at :data:`~groklab.claims.statistics.LEVEL`.

    Args:
        records: As :mod:`groklab.claims.evidence` makes them.
    """
    effects = [[_effect(outcome) for outcome in record["outcomes"]] for record in records]
    p_values = [_p(found) for of_claim in effects for found in of_claim]
    corrected = iter(holm(p_values))
    level = LEVEL / max(1, len(p_values))
    return [
        _claim(
            record, [_outcome(*pair, next(corrected), level) for pair in zip(record["outcomes"], of_claim, strict=True)]
        )
        for record, of_claim in zip(records, effects, strict=True)
    ]


def differences(outcome: Mapping[str, Any]) -> list[float | None]:
    """The contrast of the arms, one for each seed; None where an arm has no value."""
    weights = outcome["contrast"]
    columns = [outcome["arms"][name]["values"] for name in weights]
    return [
        None if None in row else sum(weight * value for weight, value in zip(weights.values(), row, strict=True))
        for row in zip(*columns, strict=True)
    ]


def _effect(outcome: Mapping[str, Any]) -> Effect | None:
    """Of the differences in the direction that is asserted to be (or not to be) there."""
    known = _known(outcome)
    if len(known) < _FEWEST_PAIRS:
        return None
    return effect(known, bound=outcome["smallest_effect"] if outcome["expect"].startswith("no ") else 0.0)


def _known(outcome: Mapping[str, Any]) -> list[float]:
    return [_sign(outcome) * value for value in differences(outcome) if value is not None]


def _sign(outcome: Mapping[str, Any]) -> int:
    return 1 if outcome["expect"].endswith("higher") else -1


def _p(found: Effect | None) -> float:
    return 1.0 if found is None else two_sided(found.above, found.below)


def _outcome(outcome: Mapping[str, Any], found: Effect | None, p_holm: float, level: float) -> dict[str, Any]:
    arms = {
        name: {**arm, **_summary([value for value in arm["values"] if value is not None])}
        for name, arm in outcome["arms"].items()
    }
    if found is None:
        empty = {"mean": None, "low": None, "high": None, "confidence": CONFIDENCE, "values": differences(outcome)}
        more = {"effect_size": None, "p": None, "p_holm": None, "power": None, "more_seeds": None}
        return {**outcome, "arms": arms, "difference": empty, **more, "verdict": NOT_SHOWN}
    size, sign = outcome["smallest_effect"], _sign(outcome)
    low, high = sorted((sign * found.low, sign * found.high))
    too_small = sign_flips(np.asarray(_known(outcome)) - size)[1] <= LEVEL / 2
    verdict = _verdict(outcome["expect"], size, found, p_holm, too_small=too_small)
    needed = pairs_needed(size, found.deviation, alpha=level) if verdict == NOT_SHOWN else None
    return {
        **outcome,
        "arms": arms,
        "difference": {
            "mean": sign * found.mean,
            "low": low,
            "high": high,
            "confidence": CONFIDENCE,
            "values": differences(outcome),
        },
        "effect_size": None if found.standardized is None else sign * found.standardized,
        "p": _p(found),
        "p_holm": p_holm,
        "power": power(size, found.deviation, found.n, alpha=level),
        "more_seeds": None if needed is None else max(0, needed - found.n),
        "verdict": verdict,
    }


def _verdict(expect: str, size: float, found: Effect, p_holm: float, *, too_small: bool) -> str:
    """What differences in the asserted direction come to; the interval must say the same as the test.

    Args:
        expect: What is asserted.
        size: The smallest effect.
        found: In the asserted direction.
        p_holm: Corrected p value.
        too_small: Whether the effect is surely less than the smallest that matters.
    """
    if p_holm > LEVEL:
        return NOT_SHOWN
    if expect.startswith("no "):
        if found.below < found.above:
            return SUPPORTED if found.high < size else NOT_SHOWN
        return CONTRADICTED if found.low > size else NOT_SHOWN
    if found.above < found.below:
        return SUPPORTED if found.low > 0 and not too_small else NOT_SHOWN
    return CONTRADICTED if found.high < 0 else NOT_SHOWN


def _claim(record: Mapping[str, Any], outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    verdicts = [outcome["verdict"] for outcome in outcomes]
    if CONTRADICTED in verdicts:
        verdict = CONTRADICTED
    else:
        verdict = SUPPORTED if set(verdicts) == {SUPPORTED} else NOT_SHOWN
    more = [outcome["more_seeds"] for outcome in outcomes if outcome["verdict"] == NOT_SHOWN]
    seeds = max((number for number in more if number is not None), default=None) if verdict == NOT_SHOWN else None
    return {
        **record,
        "verdict": verdict,
        "sentence": " ".join(_sentence(outcome) for outcome in outcomes),
        "more_seeds": seeds,
        "outcomes": outcomes,
    }


def _summary(values: Sequence[float]) -> dict[str, float | None]:
    low, high = mean_interval(values) or (None, None)
    return {"mean": fmean(values) if values else None, "low": low, "high": high}


def _sentence(outcome: Mapping[str, Any]) -> str:
    difference, expect, size = outcome["difference"], outcome["expect"], outcome["smallest_effect"]
    unit = f" {outcome['unit']}" if outcome["unit"] else ""
    pairs = [value for value in difference["values"] if value is not None]
    if difference["mean"] is None:
        return f"{outcome['metric']}: {len(pairs)} pairs of {len(difference['values'])} have a value, too few to tell."
    low, high = f"{difference['low']:.3g}", f"{difference['high']:.3g}"
    told = (
        f"{outcome['metric']}: {_arms(outcome)}; difference {difference['mean']:+.3g}{unit} "
        f"(95 % {low} to {high}, {len(pairs)} pairs, p {_p_text(outcome['p_holm'])})"
    )
    if outcome["verdict"] != NOT_SHOWN:
        return f"{told}."
    if difference["mean"] * _sign(outcome) > 0 and outcome["p_holm"] <= LEVEL and not expect.startswith("no "):
        return f"{told}: there, but less than the {size:g}{unit} that would matter."
    if outcome["more_seeds"]:
        return f"{told}; {size:g}{unit} would show with about {outcome['more_seeds']} seeds more."
    if outcome["more_seeds"] == 0:
        return f"{told}; {size:g}{unit} would have shown with {outcome['power']:.0%} probability."
    return f"{told}."


def _arms(outcome: Mapping[str, Any]) -> str:
    names = sorted(outcome["contrast"], key=lambda name: -outcome["contrast"][name])
    means = [f"{name} {_number(outcome['arms'][name]['mean'])}" for name in names]
    return " against ".join(means) if len(means) == 2 else ", ".join(means)


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _p_text(p: float) -> str:
    return f"{p:.2g}" if p >= 0.001 else "< 0.001"
