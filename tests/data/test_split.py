import hashlib
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groklab.data.split import check_disjoint, split
from groklab.errors import UserError


def keys_of(num, salt=""):
    return np.array([hashlib.sha256(f"{salt}{number}".encode()).hexdigest() for number in range(num)], "S64")


def parts_of(keys, labels=None, *, num_classes=1, **changes):
    names = [str(number) for number in range(num_classes)]
    known = {"val_fraction": 0.2, "test_fraction": 0.2, "seed": 0, "where": "data d", "class_names": names}
    return split(keys, labels, **{**known, **changes})


def contents(keys, parts):
    return {part: set(keys[rows].tolist()) for part, rows in parts.items()}


sizes = st.lists(st.integers(3, 40), min_size=1, max_size=4)
percents = st.tuples(st.integers(1, 60), st.integers(1, 39))


@given(sizes, percents, st.integers(0, 5))
def test_each_class_gives_its_share_and_the_parts_are_exact(sizes, percents, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    shares = dict(zip(("val", "test"), percents, strict=True))
    parts = parts_of(
        keys_of(len(labels)),
        labels,
        num_classes=len(sizes),
        val_fraction=percents[0] / 100,
        test_fraction=percents[1] / 100,
        seed=seed,
    )
    assert sorted(np.concatenate(list(parts.values()))) == list(range(len(labels)))
    left = np.bincount(labels[parts["train"]], minlength=len(sizes))
    for part, percent in shares.items():
        counts = np.bincount(labels[parts[part]], minlength=len(sizes))
        ideal = [Fraction(size * percent, 100) for size in sizes]
        for count, exact, size, rest in zip(counts, ideal, sizes, left, strict=True):
            assert 1 <= count <= size - 2
            assert abs(count - exact) < 1 or count == 1 or rest == 1
        room = [size - sum(1 + size * other // 100 for other in percents) for size in sizes]
        if min(ideal) >= 1 and min(room) >= 1:  # no class is kept from its share by the one example a part needs
            assert abs(counts.sum() - sum(ideal)) <= Fraction(1, 2)


def test_fractions_are_decimal_numbers_not_binary_ones():
    """0.15 and 0.35 as doubles are a little less, and so would be rounded down where half is rounded up."""
    parts = parts_of(keys_of(10), val_fraction=0.15, test_fraction=0.35)
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 4, "val": 2, "test": 4}


def test_totals_are_exact_where_each_class_alone_would_round_down():
    labels = np.repeat(np.arange(4), 6)
    parts = parts_of(keys_of(24), labels, num_classes=4, val_fraction=0.25, test_fraction=0.25)
    assert (len(parts["val"]), len(parts["test"])) == (6, 6)


def test_the_lowest_ranks_are_tested_the_next_validated():
    keys = keys_of(10)
    ranked = sorted(keys.tolist(), key=lambda key: hashlib.sha256(b"7:" + key).hexdigest())
    assert contents(keys, parts_of(keys, seed=7)) == {
        "test": set(ranked[:2]),
        "val": set(ranked[2:4]),
        "train": set(ranked[4:]),
    }


@given(st.permutations(range(30)), st.booleans())
def test_the_order_of_rows_does_not_matter(order, grouped):
    keys, labels = keys_of(30), np.arange(30) % 2
    groups = np.array([f"g{number % 12}" for number in range(30)]) if grouped else None
    before = parts_of(keys, labels, num_classes=2, groups=groups)
    order = np.array(order)
    moved = None if groups is None else groups[order]
    after = parts_of(keys[order], labels[order], num_classes=2, groups=moved)
    assert contents(keys, before) == contents(keys[order], after)


def test_another_seed_is_another_split():
    keys = keys_of(50)
    assert contents(keys, parts_of(keys, seed=0)) != contents(keys, parts_of(keys, seed=1))


@given(st.lists(st.integers(0, 9), min_size=40, max_size=40), st.integers(0, 3))
def test_a_group_is_in_one_part_and_so_is_a_key(numbers, seed):
    """Groups that share an example's content are one group."""
    groups = np.array([f"g{number}" for number in numbers])
    keys = keys_of(40)
    keys[1] = keys[0]
    groups_of_part = {}
    try:
        parts = parts_of(keys, groups=groups, seed=seed)
    except UserError as error:
        assert "groups" in str(error)
        return
    for part, rows in parts.items():
        groups_of_part[part] = set(groups[rows])
    assert sum(map(len, groups_of_part.values())) == len(set(groups))
    assert sum(map(len, contents(keys, parts).values())) == len(set(keys.tolist()))


def test_groups_of_one_example_each_are_split_as_if_there_were_none():
    keys = keys_of(30)
    lone = parts_of(keys, groups=np.arange(30).astype(str))
    assert contents(keys, lone) == contents(keys, parts_of(keys))


def test_equal_x_with_different_targets_stay_together():
    keys = np.repeat(keys_of(20), 2)
    parts = parts_of(keys)
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 24, "val": 8, "test": 8}
    assert sum(map(len, contents(keys, parts).values())) == 20


def test_a_class_with_two_examples_is_named():
    labels = np.array([0] * 20 + [1] * 2)
    with pytest.raises(UserError, match=r"data d: class 'rare' must have at least 3 examples .* has 2"):
        parts_of(keys_of(22), labels, class_names=["common", "rare"])


def test_a_class_without_examples_is_named():
    with pytest.raises(UserError, match=r"class 'none' must have .* has 0"):
        parts_of(keys_of(20), np.zeros(20, int), class_names=["all", "none"])


def test_a_class_within_two_groups_is_named():
    labels = np.array([0] * 20 + [1] * 10)
    groups = np.array([*map(str, range(20)), *("a" * 5), *("b" * 5)])
    with pytest.raises(UserError, match=r"class 'rare' must have at least 3 groups .* has 2"):
        parts_of(keys_of(30), labels, class_names=["common", "rare"], groups=groups)


def test_content_in_two_parts_is_an_assertion_error():
    keys = np.array([b"a", b"b", b"a"])
    check_disjoint(keys, {"train": np.array([0, 2]), "test": np.array([1])})
    with pytest.raises(AssertionError):
        check_disjoint(keys, {"train": np.array([0, 1]), "test": np.array([2])})
