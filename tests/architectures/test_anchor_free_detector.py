import pytest
import torch
from torch import nn

from groklab.architectures.anchor_free_detector import AnchorFreeDetector
from groklab.layers.box_geometry import NUM_PLACE_COLUMNS, decode
from groklab.layers.feature_pyramid import FeaturePyramid
from groklab.regularizers.batch_norm import BatchNorm


def test_every_map_has_a_location_in_the_middle_of_each_of_its_squares():
    said = AnchorFreeDetector([1, 16, 24], 3, channels=4, stages=3, levels=2, pyramid_channels=8)(
        torch.zeros(2, 1, 16, 24)
    )
    # Strides 4 and 8: 4 x 6 and 2 x 3 squares; 3 columns of the place, 4 of the box, 3 classes
    assert said.shape == (2, 24 + 6, NUM_PLACE_COLUMNS + 3)
    assert said[0, 0, :3].tolist() == [2, 2, 4]
    assert said[1, 7, :3].tolist() == [6, 6, 4]
    assert said[0, -1, :3].tolist() == [20, 12, 8]


def test_sides_that_do_not_halve_evenly_are_rounded_up():
    said = AnchorFreeDetector([3, 17, 9], 2, channels=4, stages=3, levels=2, pyramid_channels=8)(
        torch.randn(1, 3, 17, 9)
    )
    assert said.shape[1] == 5 * 3 + 3 * 2


def test_at_first_boxes_are_two_strides_wide_and_no_class_is_likely():
    torch.manual_seed(0)
    said = AnchorFreeDetector([1, 32, 32], 4, norm=lambda size: BatchNorm(num_features=size))(torch.randn(8, 1, 32, 32))
    boxes, strides = decode(said), said[..., 2]
    for low, high in ((0, 2), (1, 3)):
        assert ((boxes[..., high] - boxes[..., low]) / strides).median().item() == pytest.approx(2, rel=0.1)
    assert said[..., NUM_PLACE_COLUMNS:].sigmoid().mean().item() == pytest.approx(0.01, rel=0.1)


def test_images_of_a_batch_do_not_see_each_other():
    network, x = AnchorFreeDetector([1, 16, 16], 2, channels=4, pyramid_channels=8).eval(), torch.randn(4, 1, 16, 16)
    torch.testing.assert_close(network(x)[2:], network(x[2:]))


def test_the_pyramid_hands_coarse_features_down_and_never_up():
    pyramid = FeaturePyramid([2, 3], 4, activation=nn.Identity)
    fine, coarse = torch.randn(1, 2, 6, 6), torch.randn(1, 3, 3, 3)
    first, second = pyramid([fine, coarse])
    changed_first, same_second = pyramid([fine + 1, coarse])
    torch.testing.assert_close(second, same_second)
    assert not torch.allclose(first, changed_first)
    assert not torch.allclose(first, pyramid([fine, coarse + 1])[0])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"input_shape": [64]}, "is no image"),
        ({"input_shape": [1, 8, 8], "stages": 3, "levels": 3}, "levels=3 must be less than stages=3"),
    ],
)
def test_what_makes_no_detector_is_refused(arguments, why):
    with pytest.raises(ValueError, match=why):
        AnchorFreeDetector(num_outputs=2, **arguments)
