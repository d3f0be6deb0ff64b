import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from groklab.data.cleaning import clean, content_keys
from groklab.data.conform import Examples


def examples(x, y, groups=None):
    numbers = np.asarray(y)
    stored = numbers.astype(np.float32)[:, None] if numbers.dtype.kind == "f" else numbers.astype(np.int64)
    return Examples(np.asarray(x, np.float32), stored, None if groups is None else np.asarray(groups))


def test_a_key_is_the_hash_of_type_shape_and_bytes():
    x = np.array([[1.0, 2.0]], "<f4")
    expected = hashlib.sha256(b"<f4 [2] " + bytes.fromhex("0000803f00000040")).hexdigest()
    assert content_keys(x).tolist() == [expected.encode()]


def test_a_key_does_not_depend_on_layout_or_byte_order_or_on_other_rows():
    x = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    keys = content_keys(x)
    assert (content_keys(x.astype(">f4")) == keys).all()
    assert (content_keys(np.asfortranarray(x)) == keys).all()
    assert (content_keys(x[::-1]) == keys[::-1]).all()


def test_a_key_knows_type_and_shape():
    zeros = np.zeros((1, 4), np.uint8)
    kinds = [zeros, zeros.reshape(1, 2, 2), zeros.reshape(1, 4, 1), np.zeros((1, 1), np.float32)]
    assert len({content_keys(x)[0] for x in kinds}) == 4


def test_copies_go_and_contradictions_go_altogether():
    x = [[1], [1], [1], [2], [2], [2], [3]]
    y = [0, 0, 0, 0, 1, 0, 1]
    cleaned = clean(examples(x, y), "classification")
    assert sorted(zip(cleaned.x[:, 0], cleaned.y, strict=True)) == [(1, 0), (3, 1)]
    assert (cleaned.duplicates_removed, cleaned.conflicting_labels_removed) == (2, 3)


def test_in_regression_the_same_x_may_have_two_targets():
    cleaned = clean(examples([[1], [1], [1], [2]], [0.5, 0.7, 0.5, 0.5]), "regression")
    assert len(cleaned.x) == 3
    assert (cleaned.duplicates_removed, cleaned.conflicting_labels_removed) == (1, 0)


def test_rows_without_a_number_go_and_are_counted_in_the_rules():
    x, y = [[1], [np.nan], [np.inf], [2], [3]], [0.1, 0.2, 0.3, np.nan, 0.5]
    cleaned = clean(examples(x, y), "regression")
    assert cleaned.x[:, 0].tolist() in ([1, 3], [3, 1])
    assert cleaned.non_finite_removed == 3
    assert "(3)" in cleaned.rules[0]


def test_nothing_left_is_no_crash():
    assert len(clean(examples([[1], [1]], [0, 1]), "classification").x) == 0
    assert len(clean(examples([[np.nan]], [0]), "classification").x) == 0


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=30)


@given(rows, st.randoms(use_true_random=False))
def test_every_row_is_kept_or_counted_and_their_order_does_not_matter(rows, random):
    def cleaned(rows):
        x, y, groups = zip(*rows, strict=True)
        return clean(examples([[value] for value in x], y, [f"g{group}" for group in groups]), "classification")

    before = cleaned(rows)
    random.shuffle(rows)
    after = cleaned(rows)
    removed = before.duplicates_removed + before.conflicting_labels_removed + before.non_finite_removed
    assert before.rows_in == len(before.x) + removed
    assert len(set(before.keys.tolist())) == len(before.keys)
    for name in ("x", "y", "keys", "groups"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
