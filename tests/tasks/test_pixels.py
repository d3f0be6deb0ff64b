import math

import pytest
import torch
from torch import nn

from groklab.data.scaling import Standardize
from groklab.tasks.pixels import Pixels
from groklab.tasks.targets import targets_of

SCALE = Standardize([[[100.0]]], [[[50.0]]])


def test_psnr_is_that_of_luma_in_the_units_of_pixels():
    """Each channel is off by 5 levels: 5 * 219 / 255 of luma."""
    targets = targets_of("super_resolution", SCALE)
    y = targets.tensor(torch.full((2, 3, 4, 4), 90, dtype=torch.uint8))
    (metric,) = targets.metrics(3).values()
    metric.update(targets.rows(targets.kept(y + 5 / 50)), targets.rows(y))
    assert metric.compute().item() == pytest.approx(20 * math.log10(255 / (5 * 219 / 255)), abs=1e-4)


def test_grey_is_three_times_the_same_channel():
    y = torch.randn(2, 1, 4, 4)
    torch.testing.assert_close(Pixels(SCALE).rows(y), Pixels(SCALE).rows(y.expand(-1, 3, -1, -1)))


def test_outputs_are_read_as_pixels_from_0_to_255():
    said = Pixels(SCALE).reading(nn.L1Loss())(torch.tensor([-3.0, 0.0, 1.0, 9.0]).view(4, 1, 1, 1))
    assert said.flatten().tolist() == [0, 100, 150, 255]


def test_only_images_of_the_targets_size_fit():
    fit, size = Pixels(SCALE).fit, torch.Size
    assert fit(size([2, 3, 8, 8]), size([2, 3, 8, 8]))
    assert not fit(size([2, 3, 4, 4]), size([2, 3, 8, 8]))
    assert not fit(size([2, 3]), size([2, 3]))
