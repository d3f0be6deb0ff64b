import numpy as np
import pytest
import torch

from groklab.data.reduction import crop_to_multiple, reduce
from groklab.layers.bicubic import Bicubic, cubic, phases


def test_the_cubic_is_1_at_0_and_0_at_every_other_whole_number():
    np.testing.assert_array_equal(cubic(np.arange(-3, 4)), [0, 0, 0, 1, 0, 0, 0])
    # 1.5/8 - 2.5/4 + 1 and -0.5*27/8 + 2.5*9/4 - 6 + 2
    np.testing.assert_array_equal(cubic(np.array([0.5, -0.5, 1.5])), [0.5625, 0.5625, -0.0625])


@pytest.mark.parametrize("scale", [2, 3, 4, 5])
def test_the_weights_of_each_place_sum_to_1_and_mirror_each_other(scale):
    weights = phases(scale)
    np.testing.assert_allclose(weights.sum(1), 1)
    np.testing.assert_allclose(weights, weights[::-1, ::-1])


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_what_is_one_grey_stays_so_when_it_is_reduced_and_enlarged(scale):
    image = np.full((3, 8 * scale, 5 * scale), 97, np.uint8)
    assert (reduce(image, scale) == 97).all() and reduce(image, scale).shape == (3, 8, 5)
    torch.testing.assert_close(
        Bicubic(scale)(torch.full((1, 3, 8, 5), 97.0)), torch.full((1, 3, *image.shape[1:]), 97.0)
    )


def test_a_slope_is_enlarged_to_a_slope():
    """Cubic interpolation is exact for a straight line, away from the edges."""
    larger = Bicubic(3)(torch.arange(9.0).expand(1, 1, 9, 9))[0, 0, 9:-9, 6:-6]
    torch.testing.assert_close(larger, ((torch.arange(27) - 1) / 3)[6:-6].expand(9, 15))


def test_reducing_commutes_with_turning_and_mirroring():
    image = np.random.default_rng(0).integers(0, 256, (3, 24, 36), np.uint8)
    small = reduce(image, 3)
    np.testing.assert_array_equal(reduce(image[:, ::-1], 3), small[:, ::-1])
    np.testing.assert_array_equal(reduce(image.transpose(0, 2, 1), 3), small.transpose(0, 2, 1))


def test_a_bright_column_is_spread_by_the_widened_kernel():
    """Halving: the column lies 1/4, -1/4 ... of a new pixel from the centres around it, and weighs half the cubic."""
    image = np.zeros((1, 4, 16), np.uint8)
    image[:, :, 8] = 200
    expected = 200 * cubic((8 - (2 * np.arange(8) + 0.5)) / 2) / 2
    np.testing.assert_array_equal(reduce(image, 2)[0, 0], np.clip(np.floor(expected + 0.5), 0, 255))


def test_rows_and_columns_beyond_a_multiple_are_cut_off_at_the_end():
    image = np.arange(3 * 7 * 8, dtype=np.uint8).reshape(3, 7, 8)
    np.testing.assert_array_equal(crop_to_multiple(image, 3), image[:, :6, :6])
