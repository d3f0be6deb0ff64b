import re

import pytest

from groklab.report.claim_pictures import contrast_of, outcome_picture, titled
from groklab.report.claims import read_claims
from groklab.report.wording import MINUS

from .evidence import write_claims


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    root = tmp_path_factory.mktemp("claims")
    write_claims(root)
    return {(claim.name, row): o for claim in read_claims(root / "claims") for row, o in enumerate(claim.outcomes)}


def test_every_outcome_is_drawn_and_says_its_figures(outcomes):
    for (name, row), outcome in outcomes.items():
        svg = outcome_picture(outcome, name=f"{name}-{row}")
        assert all(f"{arm.name} " in svg for arm in outcome.arms)
        assert "least that matters" in svg
        assert f"{outcome.verdict.capitalize()}.</title>" in svg


def drawn_pairs(svg):
    """Lines drawn half transparent join the two arms of a seed."""
    return len(re.findall(r"stroke-opacity: 0\.55", svg))


def test_two_arms_are_joined_seed_by_seed_but_not_where_one_failed(outcomes):
    assert drawn_pairs(outcome_picture(outcomes["batch_norm_speed", 0], name="a")) == 11
    assert drawn_pairs(outcome_picture(outcomes["batch_norm_speed", 1], name="a")) == 10


def test_more_arms_are_not_joined(outcomes):
    assert drawn_pairs(outcome_picture(outcomes["weight_decay_is_not_l2_under_adam", 0], name="a")) == 0


def test_a_contrast_is_said_as_it_is_computed(outcomes):
    assert contrast_of(outcomes["batch_norm_speed", 0]) == f"with {MINUS} without"
    four = contrast_of(outcomes["weight_decay_is_not_l2_under_adam", 0])
    assert four == f"weight_decay_adam + l2_sgd {MINUS} l2_adam {MINUS} weight_decay_sgd"


def test_the_unit_is_said_once(outcomes):
    assert titled(outcomes["batch_norm_speed", 0]) == "steps until val/accuracy >= 0.9"
    assert titled(outcomes["relu_trains_deep_networks", 0]) == "train/loss (nats)"
