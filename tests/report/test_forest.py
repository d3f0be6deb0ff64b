import dataclasses

import pytest

from groklab.report import forest
from groklab.report.claims import Outcome

OUTCOME = Outcome(
    "m", "steps", "lower", 20.0, (("a", 1.0), ("b", -1.0)), (), -50.0, -60.0, -30.0, 0.95, (), -1.2, 0.01, 0.02, 0.9,
    "supported", None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        ("lower", (2.5, 1.5, 3)),
        ("no higher", (2.5, 1.5, 3)),
        ("higher", (-2.5, -3, -1.5)),
        ("no lower", (-2.5, -3, -1.5)),
    ],
)
def test_to_the_right_is_what_the_claim_says_in_smallest_effects(expect, found):
    """-50 [-60, -30] steps by 20."""
    assert forest.in_smallest_effects(dataclasses.replace(OUTCOME, expect=expect)) == pytest.approx(found)


@pytest.mark.parametrize("changes", [{"mean": None}, {"low": None}, {"smallest_effect": 0.0}])
def test_without_an_interval_or_a_unit_there_is_no_row(changes):
    outcome = dataclasses.replace(OUTCOME, **changes)
    assert forest.row(outcome, forest.scale_of([outcome]), name="a") is None


def test_the_scale_holds_every_interval_and_the_smallest_effect():
    small = dataclasses.replace(OUTCOME, mean=0.0, low=-1.0, high=1.0)
    for outcomes in ([small], [OUTCOME, small], []):
        scale = forest.scale_of(outcomes)
        assert scale.low < -1 < 1 < scale.high
        for outcome in outcomes:
            _, low, high = forest.in_smallest_effects(outcome)
            assert scale.low < low <= high < scale.high
            assert {-1, 0, 1} <= set(scale.ticks)


def test_a_difference_that_is_huge_does_not_hide_the_others():
    assert forest.scale_of([OUTCOME]).linear
    assert not forest.scale_of([OUTCOME, dataclasses.replace(OUTCOME, low=-2000.0)]).linear


def test_verdicts_differ_by_shape_and_fill_not_by_colour_alone():
    shapes = [(marker, face is edge) for marker, edge, face in forest.MARKS.values()]
    assert len(set(shapes)) == len(shapes)


def test_a_row_says_what_it_shows():
    svg = forest.row(OUTCOME, forest.scale_of([OUTCOME]), name="a")
    assert "m: +2.500 [+1.500, +3.000] smallest effects, supported." in svg
