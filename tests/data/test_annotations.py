import numpy as np
import pytest

from groklab.data.annotations import boxes, counts, symbols
from groklab.errors import UserError

NAN = [np.nan] * 5


def given(*rows):
    return np.array([[*rows, NAN]], np.float64)


def stored(*rows):
    return boxes("data x", given(*rows), num_classes=2, shape=(3, 20, 30))


def test_boxes_keep_their_numbers_and_their_absence():
    y = stored([1, 0, 0, 30, 20], [0, 2.5, 3, 4, 5])
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y[0], given([1, 0, 0, 30, 20], [0, 2.5, 3, 4, 5])[0])
    assert counts("detection", y, ["dog", "cat"]) == {"dog": 1, "cat": 1}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ([2, 0, 0, 1, 1], "no class from 0 to 1"),
        ([0.5, 0, 0, 1, 1], "no class from 0 to 1"),
        ([0, -1, 0, 1, 1], "not within the image of 20 x 30"),
        ([0, 0, 0, 1, 20.5], "not within the image of 20 x 30"),
        ([0, 5, 0, 5, 1], "without an area"),
        ([0, 5, 3, 6, 2], "without an area"),
    ],
)
def test_a_box_that_is_none_is_refused_with_its_place(row, why):
    with pytest.raises(UserError, match=f"box 1 of image 0.*{why}"):
        stored([0, 0, 0, 1, 1], row)


def test_absent_boxes_come_last():
    with pytest.raises(UserError, match="absent boxes come last"):
        stored(NAN, [0, 0, 0, 1, 1])


def test_symbols_are_counted_without_the_blank():
    y = symbols("data x", np.array([[1, 2, 2], [3, 0, 0]]), num_symbols=3)
    assert y.dtype == np.int32
    assert counts("transcription", y, ["a", "b", "c"]) == {"a": 1, "b": 2, "c": 1}


@pytest.mark.parametrize(
    ("row", "why"),
    [([1, 4], "from 0 to 3"), ([-1, 0], "from 0 to 3"), ([0, 1], "0 before its end"), ([0, 0], "is empty")],
)
def test_a_transcript_that_is_none_is_refused_with_its_place(row, why):
    with pytest.raises(UserError, match=f"example 1.*{why}"):
        symbols("data x", np.array([[1, 2], row]), num_symbols=3)
