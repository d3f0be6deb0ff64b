import pytest

from groklab.claims.verdict import differences, judged
from tests.claims.records import outcome, record

LOW = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0, 1.02, 0.98, 1.01, 0.97, 1.03, 0.99]
HIGH = [value + 1 + 0.01 * number for number, value in enumerate(LOW)]
NEAR = [value + 0.001 * (-1) ** number for number, value in enumerate(LOW)]


@pytest.mark.parametrize(
    ("first", "second", "expect", "verdict"),
    [
        (HIGH, LOW, "higher", "supported"),
        (LOW, HIGH, "higher", "contradicted"),
        (NEAR, LOW, "higher", "not shown"),
        (LOW, HIGH, "lower", "supported"),
        (HIGH, LOW, "lower", "contradicted"),
        (NEAR, LOW, "no higher", "supported"),
        (HIGH, LOW, "no higher", "contradicted"),
        (LOW, HIGH, "no higher", "supported"),
        (LOW, HIGH, "no lower", "contradicted"),
        (NEAR, LOW, "no lower", "supported"),
    ],
)
def test_verdicts(first, second, expect, verdict):
    (found,) = judged([record(outcome(first, second, expect=expect))])
    assert found["verdict"] == verdict
    difference = found["outcomes"][0]["difference"]
    assert difference["low"] <= difference["mean"] <= difference["high"]


def test_an_effect_that_is_there_but_too_small_to_matter_is_not_shown():
    (found,) = judged([record(outcome([value + 0.1 for value in NEAR], LOW, smallest_effect=0.5))])
    assert found["verdict"] == "not shown"
    assert "less than the 0.5 that would matter" in found["sentence"]
    assert found["outcomes"][0]["p_holm"] < 0.05


def test_too_few_seeds_are_told_with_how_many_more_would_do():
    first, second = [1.0, 3.0, 2.0, 0.5], [1.5, 1.0, 2.5, 1.0]
    (found,) = judged([record(outcome(first, second, smallest_effect=0.5))])
    assert found["more_seeds"] > 10
    assert f"about {found['more_seeds']} seeds more" in found["sentence"]


def test_a_claim_of_two_outcomes_needs_both():
    good, bad, open_ = outcome(HIGH, LOW), outcome(LOW, HIGH), outcome(NEAR, LOW)
    verdicts = [found["verdict"] for found in judged([record(good, good), record(good, open_), record(good, bad)])]
    assert verdicts == ["supported", "not shown", "contradicted"]


def test_p_values_are_corrected_over_all_outcomes():
    alone, *_ = judged([record(outcome(HIGH, LOW))])
    among, *_ = judged([record(outcome(HIGH, LOW)), *(record(outcome(NEAR, LOW)) for _ in range(9))])
    assert among["outcomes"][0]["p"] == alone["outcomes"][0]["p"]
    assert among["outcomes"][0]["p_holm"] == pytest.approx(10 * alone["outcomes"][0]["p_holm"])


def test_pairs_without_a_value_are_left_out():
    first = [None, *HIGH[1:]]
    (found,) = judged([record(outcome(first, LOW))])
    assert found["outcomes"][0]["difference"]["values"][0] is None
    assert "11 pairs" in found["sentence"]
    (lost,) = judged([record(outcome([None] * 12, LOW))])
    assert lost["verdict"] == "not shown"
    assert "0 pairs of 12" in lost["sentence"]


def test_a_contrast_weighs_the_arms():
    four = outcome(HIGH, LOW)
    four["arms"] |= {"third": {"values": LOW, "runs": []}, "fourth": {"values": HIGH, "runs": []}}
    four["contrast"] = {"first": 1, "second": -1, "third": -1, "fourth": 1}
    assert differences(four) == pytest.approx([2 * (a - b) for a, b in zip(HIGH, LOW, strict=True)])
