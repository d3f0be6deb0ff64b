import pytest
import torch
from torch import nn

from groklab.architectures.patch_discriminator import PatchDiscriminator
from groklab.training.fit import num_parameters

CLASSES = torch.zeros(2, dtype=torch.long)


@pytest.mark.parametrize(("halvings", "seen"), [(1, 12), (2, 26), (3, 54)])
def test_a_place_sees_what_lies_around_it_and_no_more(halvings, seen):
    """7 * 2^halvings - 2 pixels along each side: the logit in the middle does not know of the others."""
    network, x = PatchDiscriminator([3, 64, 64], channels=2, halvings=halvings), torch.randn(1, 3, 64, 64)
    x.requires_grad_()
    side = 64 // 2**halvings
    network(x, CLASSES[:1]).view(side, side)[side // 2, side // 2].backward()
    rows = x.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    assert int(rows.max() - rows.min()) + 1 == seen


@pytest.mark.parametrize("size", [(8, 8), (16, 24)])
def test_there_is_a_logit_a_place_for_images_of_any_size(size):
    network = PatchDiscriminator([3, 8, 8], channels=2, halvings=2)
    assert network(torch.randn(2, 3, *size), CLASSES).shape == (2 * size[0] * size[1] // 16,)


def test_colours_of_one_luma_are_alike_to_it():
    network, x = PatchDiscriminator([3, 8, 8], channels=2), torch.randn(2, 3, 8, 8)
    weights = network.luma.weights.flatten()
    other = x + torch.stack([weights[1], -weights[0], torch.zeros(())]).view(1, 3, 1, 1)
    torch.testing.assert_close(network(x, CLASSES), network(other, CLASSES))


def test_features_are_those_of_each_layer_and_a_norm_stands_behind_all_but_the_first():
    network = PatchDiscriminator([3, 8, 8], channels=4, halvings=2, norm=nn.BatchNorm2d)
    assert [tuple(f.shape[1:]) for f in network.features(torch.randn(2, 3, 8, 8))] == [(4, 4, 4), (8, 2, 2), (8, 2, 2)]
    # 4x4 to 4, 4x4 to 8, 3x3 to 8, 3x3 to 1; two norms of 8
    assert num_parameters(network) == 4 * 17 + 8 * 65 + 8 * 73 + 73 + 2 * 16


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="is no image"):
        PatchDiscriminator([30])
