from hypothesis import given
from hypothesis import strategies as st

from groklab.evaluation.edits import NONE, aligned, num_edits

SYMBOLS = st.lists(st.integers(1, 4), max_size=8)


def test_kitten_to_sitting_takes_three():
    assert num_edits("kitten", "sitting") == 3


def test_an_alignment_by_hand():
    # 1 2 3 4 said as 1 3 4 5: 2 is left out, 5 is put in; place by place there would be three edits.
    assert aligned([1, 2, 3, 4], [1, 3, 4, 5]) == [(1, 1), (2, NONE), (3, 3), (4, 4), (NONE, 5)]
    assert aligned([1, 2], [1, 5]) == [(1, 1), (2, 5)]
    assert aligned([], []) == []


@given(SYMBOLS, SYMBOLS)
def test_an_alignment_holds_both_sequences_and_as_many_edits_as_there_must_be(reference, said):
    pairs = aligned(reference, said)
    assert [pair.actual for pair in pairs if pair.actual != NONE] == reference
    assert [pair.said for pair in pairs if pair.said != NONE] == said
    assert sum(pair.actual != pair.said for pair in pairs) == num_edits(reference, said)


@given(SYMBOLS, SYMBOLS, SYMBOLS)
def test_it_is_a_distance(a, b, c):
    assert num_edits(a, b) == num_edits(b, a)
    assert num_edits(a, c) <= num_edits(a, b) + num_edits(b, c)
    assert (num_edits(a, b) == 0) == (a == b)
