import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from groklab.data.statistics import statistics


def test_a_table_has_a_mean_and_a_deviation_a_column():
    found = statistics(np.array([[1.0, 5.0], [3.0, 5.0]], np.float32), None)
    assert found == {"x_mean": [2.0, 5.0], "x_std": [1.0, 1.0], "y_mean": None, "y_std": None}


def test_an_image_has_one_a_channel_in_units_of_its_pixels():
    x = np.zeros((2, 2, 1, 2), np.uint8)
    x[0, 0], x[:, 1] = 200, 7
    found = statistics(x, None, axes=(0, 2, 3))
    assert found["x_mean"] == [[[100.0]], [[7.0]]]
    assert found["x_std"] == [[[100.0]], [[1.0]]]


def test_targets_have_theirs():
    found = statistics(np.zeros((2, 1), np.float32), np.array([[2.0, 1.0], [4.0, 1.0]], np.float32))
    assert (found["y_mean"], found["y_std"]) == ([3.0, 1.0], [1.0, 1.0])


@given(st.integers(1, 10_000), st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_constant_has_deviation_one_however_it_rounds(num, value):
    assert statistics(np.full((num, 1), value, np.float32), None)["x_std"] == [1.0]


def test_a_spread_that_float32_cannot_divide_by_counts_as_constant():
    assert statistics(np.array([[0.0], [1e-44]], np.float32), None)["x_std"] == [1.0]


def test_many_rows_are_numpys_own_numbers():
    x = np.random.default_rng(0).integers(0, 256, (9000, 1, 3, 2), dtype=np.uint8)
    found = statistics(x, None, axes=(0, 2, 3))
    assert found["x_mean"][0][0][0] == pytest.approx(x.astype(float).mean(), rel=1e-12)
    assert found["x_std"][0][0][0] == pytest.approx(x.astype(float).std(), rel=1e-12)


@given(arrays(np.float32, (5, 2), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_standardized_numbers_are_finite(x):
    found = statistics(x, None)
    mean, std = (np.asarray(found[key], np.float32) for key in ("x_mean", "x_std"))
    assert np.isfinite((x - mean) / std).all()
