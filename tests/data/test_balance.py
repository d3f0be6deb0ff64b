import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from groklab.data.balance import balance

WANT = np.array([[6, 6], [2, 2], [2, 2]])


def test_ten_equal_groups_are_dealt_out_exactly():
    part = balance(np.ones((10, 2), int), WANT, order=np.arange(10))
    assert np.bincount(part).tolist() == [6, 2, 2]


def test_classes_are_balanced_too():
    members = np.array([[1, 0]] * 10 + [[0, 1]] * 10)
    part = balance(members, WANT, order=np.arange(20))
    have = np.array([members[part == number].sum(axis=0) for number in range(3)])
    np.testing.assert_array_equal(have, WANT)


def test_no_part_is_left_without_a_class_while_groups_allow():
    """By size alone the two largest of three groups would both be trained on."""
    part = balance(np.array([[4], [3], [3]]), np.array([[8], [1], [1]]), order=np.arange(3))
    assert sorted(part) == [0, 1, 2]


@given(arrays(np.int64, (12, 2), elements=st.integers(0, 5)))
def test_no_single_move_would_be_better(members):
    size = members.sum(axis=0)
    want = np.array([size * 0.6, size * 0.2, size * 0.2]).astype(int)

    def cost(part):
        have = np.array([members[part == number].sum(axis=0) for number in range(3)])
        scale = 1 / np.maximum(size, 1)
        return (((have - want) * scale) ** 2).sum() + (have.size + 1) * (have == 0).sum()

    part = balance(members, want, order=np.arange(12))
    for group in range(12):
        for number in range(3):
            moved = part.copy()
            moved[group] = number
            assert cost(moved) >= cost(part) - 1e-9
