import pytest
from hypothesis import given
from hypothesis import strategies as st

from groklab.config.suggest import did_you_mean, distance, nearest

WORDS = st.text("abc_", max_size=8)


@pytest.mark.parametrize(
    ("a", "b", "edits"), [("lr", "lrr", 1), ("lr", "rl", 1), ("kitten", "sitting", 3), ("", "abc", 3), ("x", "x", 0)]
)
def test_distances_worked_by_hand(a, b, edits):
    assert distance(a, b) == edits


@given(WORDS, WORDS)
def test_a_distance_is_symmetric_and_zero_only_between_equals(a, b):
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)


def test_all_the_nearest_are_named_and_what_shares_nothing_is_not():
    assert nearest("l3", ["l1", "l2", "dropout"]) == ["l1", "l2"]
    assert nearest("zzzz", ["seed", "name"]) == []
    assert did_you_mean("sed", ["seed", "name"], prefix="a.") == "Did you mean a.seed?"
    assert did_you_mean("zzzz", ["seed", "name"]) == "Known: name, seed."
