"""What the claims engine writes is what the report reads."""

import json

import pytest

from groklab.claims.gathering import write_verdicts
from groklab.report.claims import read_claims
from groklab.report.page import render
from groklab.report.records import Report

from .evidence import write_claims

JUDGED = ("difference", "effect_size", "p", "p_holm", "power", "verdict", "more_seeds")


@pytest.fixture(scope="module")
def claims(tmp_path_factory):
    """The engine's verdicts on the fixture's values."""
    root = tmp_path_factory.mktemp("engine")
    write_claims(root)
    for path in (root / "claims").glob("*.json"):
        known = json.loads(path.read_text()) | {"section": "regularization"}
        for outcome in known["outcomes"]:
            for key in JUDGED:
                del outcome[key]
            outcome["arms"] = {
                name: {key: arm[key] for key in ("values", "runs")} for name, arm in outcome["arms"].items()
            }
        for key in ("verdict", "sentence", "more_seeds"):
            del known[key]
        (root / "evidence").mkdir(exist_ok=True)
        (root / "evidence" / path.name).write_text(json.dumps(known))
    write_verdicts(root / "evidence", root / "verdicts", root / "claims.md")
    return read_claims(root / "verdicts")


def test_its_figures_are_on_the_page_as_it_gives_them(claims):
    page = render(Report((), claims=claims))
    for claim in claims:
        assert claim.sentence.replace("<", "&lt;").replace(">", "&gt;") in page
        assert all(outcome.low <= outcome.mean <= outcome.high for outcome in claim.outcomes)


def test_what_is_supported_lies_on_the_side_that_the_picture_draws_for_it(claims):
    """Both engine and report turn a difference by what is expected; here by the sign of each."""
    for outcome in (outcome for claim in claims for outcome in claim.outcomes if outcome.verdict == "supported"):
        ends = sorted(outcome.sign * end for end in (outcome.low, outcome.high))
        if outcome.expect.startswith("no "):
            assert ends[0] > -outcome.smallest_effect
        else:
            assert ends[0] > 0
            assert ends[1] >= outcome.smallest_effect


def test_what_is_contradicted_lies_on_the_other_side(claims):
    (outcome,) = (outcome for claim in claims for outcome in claim.outcomes if outcome.verdict == "contradicted")
    assert max(outcome.sign * outcome.low, outcome.sign * outcome.high) < 0
