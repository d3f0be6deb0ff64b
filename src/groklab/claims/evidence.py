"""What a claim's runs gave, as JSON: all that a verdict is made of."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from groklab.claims.definition import Claim
from groklab.claims.jobs import Jobs
from groklab.claims.measures import Measured

Values = dict[tuple[str, int, int], tuple[str | None, Measured]]


def evidence(
    name: str,
    claim: Claim,
    jobs: Jobs,
    *,
    values: Values,
    chosen: Mapping[str, Mapping[str, Any]],
    flags: Sequence[str],
    command: str,
    duration_s: float,
    num_runs: int,
) -> dict[str, Any]:
    """The record of a claim whose runs are over.

    Args:
        name: The claim's.
        claim: What is asserted.
        jobs: That were run for it.
        values: Run and value by arm, seed and number of the outcome.
        chosen: The tuned values of each arm.
        flags: What a reader should know, a sentence each.
        command: That gives it again.
        duration_s: What it took.
        num_runs: How many there were.
    """
    counts = {len(claim.points(arm)) for arm in claim.arms}
    return {
        "claim": name,
        "statement": claim.statement,
        "section": claim.section,
        "seeds": list(jobs.seeds),
        "base": list(jobs.words),
        "arms": {
            arm: {
                "overrides": list(claim.arms[arm].overrides),
                "baseline": claim.arms[arm].baseline,
                "tuned": {key.lstrip("+"): value for key, value in chosen[arm].items()},
                "command": _command(jobs, arm, chosen[arm]),
            }
            for arm in claim.arms
        },
        "tuning": {
            "params": {arm: _tried(claim, arm) for arm in claim.arms},
            "trials_per_arm": max(counts),
            "seeds": claim.tune_seeds if jobs.tuned else 0,
            "chosen_by": claim.chosen_by or "trainer.monitor",
        },
        "outcomes": [
            {
                "metric": outcome.metric,
                "unit": outcome.unit,
                "expect": outcome.expect,
                "smallest_effect": outcome.smallest_effect,
                "contrast": claim.contrast(outcome),
                "arms": {
                    arm: {
                        "values": [values[arm, seed, number][1].value for seed in jobs.seeds],
                        "runs": [run for seed in jobs.seeds if (run := values[arm, seed, number][0])],
                    }
                    for arm in claim.arms
                },
            }
            for number, outcome in enumerate(claim.outcomes)
        ],
        "flags": list(flags),
        "command": command,
        "cost": {"runs": num_runs, "duration_s": round(duration_s, 1)},
    }


def _tried(claim: Claim, arm: str) -> dict[str, list[Any]]:
    points = claim.points(arm)
    return {key.lstrip("+"): list(dict.fromkeys(point[key] for point in points)) for key in points[0]}


def _command(jobs: Jobs, arm: str, point: Mapping[str, Any]) -> str:
    """Of one run of an arm, with the first of the fresh seeds."""
    seeded = [f"{key}={jobs.seeds[0]}" for key in ("seed", *jobs.claim.pair)]
    words = [*jobs.words, *jobs.words_of(arm, point), *seeded]
    return shlex.join(["python", "pipelines/train.py", *words])
