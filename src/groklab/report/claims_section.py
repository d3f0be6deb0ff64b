"""Claims as the template wants them: the overview, sorted by verdict, and each by section of the primer."""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from groklab.primer import SECTIONS
from groklab.report import forest, wording
from groklab.report.claim_pictures import contrast_of, outcome_picture, titled
from groklab.report.claims import VERDICTS, Arm, Claim, Outcome

SHOWN = {"supported": "✓ supported", "contradicted": "✗ contradicted", "not shown": "○ not shown"}
_EXPECTED = {
    "lower": "lower by {} or more",
    "higher": "higher by {} or more",
    "no lower": "lower by no more than {}",
    "no higher": "higher by no more than {}",
}


def claim_sections(claims: Sequence[Claim], anchors: Iterable[str]) -> dict[str, Any]:
    """The tally, the shared axis, the claims in the order of the overview, and those by section."""
    scale = forest.scale_of(outcome for claim in claims for outcome in claim.outcomes)
    shown = [_shown(claim, anchor, scale) for claim, anchor in zip(claims, anchors, strict=True)]
    by_section = sorted(shown, key=lambda item: (_place(item["claim"].section), item["claim"].name))
    return {
        "tally": [(verdict, sum(claim.verdict == verdict for claim in claims)) for verdict in VERDICTS],
        "axis": Markup(forest.head(scale, name="claims-axis")),
        "overview": sorted(shown, key=lambda item: (VERDICTS.index(item["claim"].verdict), item["claim"].name)),
        "sections": [
            (wording.words(section), list(items))
            for section, items in itertools.groupby(by_section, key=lambda item: item["claim"].section)
        ],
        "runs": sum(claim.num_runs or 0 for claim in claims),
    }


def _place(section: str) -> tuple[int, str]:
    """Where a section stands: as in the primer, and those that it has not last."""
    return (SECTIONS.index(section) if section in SECTIONS else len(SECTIONS), section)


def _shown(claim: Claim, anchor: str, scale: forest.Scale) -> dict[str, Any]:
    return {
        "claim": claim,
        "anchor": anchor,
        "title": claim.statement.rstrip("."),
        "outcomes": [
            _outcome(outcome, scale, f"{anchor}--{number}") for number, outcome in enumerate(claim.outcomes, start=1)
        ],
        "seeds": _by_seed(claim),
    }


def _outcome(outcome: Outcome, scale: forest.Scale, name: str) -> dict[str, Any]:
    row = forest.row(outcome, scale, name=f"{name}-row")
    return {
        "outcome": outcome,
        "title": titled(outcome),
        "row": Markup(row) if row else None,
        "svg": Markup(outcome_picture(outcome, name=name)),
        "expected": _EXPECTED[outcome.expect].format(f"{outcome.smallest_effect:g} {outcome.unit}".strip()),
        "contrast": contrast_of(outcome),
    }


def _by_seed(claim: Claim) -> list[dict[str, Any]]:
    """Per outcome a row for each seed: what each arm came to, in which run, and the paired difference."""
    tables = []
    for outcome in claim.outcomes:
        columns = [zip(arm.values, _aligned(arm), strict=True) for arm in outcome.arms]
        rows = [
            {"seed": seed, "cells": cells, "difference": difference}
            for seed, difference, *cells in zip(claim.seeds, outcome.differences, *columns, strict=False)
        ]
        tables.append(
            {
                "title": titled(outcome),
                "step": outcome.smallest_effect,
                "arms": [arm.name for arm in outcome.arms],
                "rows": rows,
            }
        )
    return tables


def _aligned(arm: Arm) -> list[str | None]:
    """A run for each value, where it can be told: of those that are missing none is known."""
    if len(arm.runs) == len(arm.values):
        return list(arm.runs)
    there = [value is not None for value in arm.values]
    runs = iter(arm.runs)
    return [next(runs) if known else None for known in there] if sum(there) == len(arm.runs) else [None] * len(there)
