import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groklab.data.train_share import kept
from groklab.errors import UserError

shares = st.floats(0.01, 1)


def keys(num):
    return np.array([f"{number:064x}" for number in range(num)], "S64")


def keep(share, labels, *, groups=None, order=None):
    """The numbers that are kept, in the numbering before ``order``."""
    labels = np.asarray(labels)
    order = np.arange(len(labels)) if order is None else order
    rows = kept(
        keys(len(labels))[order],
        labels[order],
        class_names=[str(number) for number in range(labels.max() + 1)],
        groups=None if groups is None else np.asarray(groups)[order],
        share=share,
        seed=0,
        where="data made",
    )
    return set(order[rows].tolist())


@given(st.lists(shares, min_size=2, max_size=2).map(sorted), st.integers(2, 5), st.booleans())
def test_what_a_smaller_share_keeps_a_larger_one_keeps_too(pair, num_classes, grouped):
    labels = np.arange(400) ** 2 % num_classes
    classes = np.unique(labels, return_inverse=True)[1]
    groups = np.array([f"g{number % 131}" for number in range(400)]) if grouped else None
    assert keep(max(pair[0], 0.05), classes, groups=groups) <= keep(max(pair[1], 0.05), classes, groups=groups)


@given(shares)
def test_of_single_examples_exactly_the_rounded_share_is_kept(share):
    labels = np.zeros(137, np.int64)
    assert len(keep(share, labels)) == max(1, round(share * 137))


def test_classes_keep_their_proportion_where_it_is_a_whole_number():
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    for share in (0.01, 0.1, 0.25, 0.77):
        found = np.bincount(labels[list(keep(share, labels))])
        assert found.tolist() == [round(share * 600), round(share * 300), round(share * 100)]


def test_a_rare_class_keeps_an_example_as_long_as_there_are_as_many_as_classes():
    labels = np.repeat([0, 1, 2], [98, 1, 1])
    assert np.bincount(labels[list(keep(0.03, labels))]).tolist() == [1, 1, 1]
    with pytest.raises(UserError, match=r"data made: train_fraction=0.02 leaves no example of class '2' to train on"):
        keep(0.02, labels)


def test_groups_stay_whole_and_the_number_is_as_near_as_they_allow():
    groups = np.repeat(np.arange(20), 5)
    rows = keep(0.33, np.zeros(100, np.int64), groups=groups)
    assert len(rows) == 35
    assert np.bincount(groups[list(rows)]).tolist().count(5) == 7


def test_the_order_of_the_rows_does_not_matter():
    labels = np.arange(90) % 3
    assert keep(0.4, labels) == keep(0.4, labels, order=np.random.default_rng(0).permutation(90))
