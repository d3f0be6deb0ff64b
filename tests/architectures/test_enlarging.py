"""SRCNN, ESPCN and SRResNet: what every network that enlarges images must do, and what each of them is."""

import numpy as np
import pytest
import torch
from torch import nn

from groklab.architectures.espcn import ESPCN
from groklab.architectures.srcnn import SRCNN
from groklab.architectures.srresnet import SRResNet
from groklab.layers.bicubic import Bicubic
from groklab.layers.luma_channel import LumaChannel
from groklab.regularizers.batch_norm import BatchNorm
from groklab.training.export import export
from groklab.training.fit import num_parameters

MAKERS = {
    "srcnn": lambda shape, scale, **more: SRCNN(shape, scale=scale, channels=[8, 4], **more),
    "espcn": lambda shape, scale, **more: ESPCN(shape, scale=scale, channels=[8, 4], **more),
    "srresnet": lambda shape, scale, **more: SRResNet(shape, scale=scale, channels=8, blocks=2, **more),
}


def taught(network):
    """With weights that are not those of the start."""
    torch.manual_seed(0)
    for parameter in network.parameters():
        nn.init.normal_(parameter, std=0.2)
    return network


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_untaught_network_is_bicubic_interpolation(make, scale, channels):
    x = torch.randn(2, channels, 6, 5)
    torch.testing.assert_close(make([channels, 8, 8], scale)(x), Bicubic(scale)(x))


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (24, 24)])
def test_images_of_any_size_fit(make, size):
    assert make([3, 8, 8], 3)(torch.randn(2, 3, *size)).shape == (2, 3, 3 * size[0], 3 * size[1])


def test_the_colours_are_those_of_bicubic_interpolation(make):
    network, x = taught(make([3, 8, 8], 2)), torch.randn(2, 3, 8, 8)
    said, plain = network(x), Bicubic(2)(x)
    for a, b in ((0, 1), (1, 2)):
        torch.testing.assert_close(said[:, a] - said[:, b], plain[:, a] - plain[:, b], atol=1e-4, rtol=1e-4)
    assert (said - plain).abs().max() > 0.01


def test_grey_in_three_channels_is_enlarged_as_grey_in_one(make):
    """With the same weights: luma of grey is the grey itself."""
    colour, grey = taught(make([3, 8, 8], 2)), taught(make([1, 8, 8], 2))
    x = torch.randn(2, 1, 8, 8)
    torch.testing.assert_close(colour(x.expand(-1, 3, -1, -1))[:, :1], grey(x), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["srcnn", "espcn"])
def test_without_residual_luma_is_what_the_convolutions_say(name):
    network, x = taught(MAKERS[name]([3, 8, 8], 2, residual=False)), torch.randn(1, 3, 8, 8)
    luma = LumaChannel(3)
    bright = luma(Bicubic(2)(x)) if name == "srcnn" else luma(x)
    torch.testing.assert_close(luma(network(x)), network.layers(bright), atol=1e-4, rtol=1e-4)


def test_they_have_as_many_parameters_as_their_layers():
    # 9x9 to 64, 1x1 to 32, 5x5 to 1: the network of the paper
    assert num_parameters(SRCNN([3, 8, 8], scale=3, channels=[64, 32])) == 64 * 82 + 32 * 65 + 801
    # 5x5 to 64, 3x3 to 32, 3x3 to 9
    assert num_parameters(ESPCN([3, 8, 8], scale=3, channels=[64, 32])) == 64 * 26 + 32 * 577 + 9 * 289
    # 3x3 to 32, four 3x3 of 32, 3x3 to 9
    assert num_parameters(SRResNet([3, 8, 8], scale=3)) == 32 * 10 + 4 * 32 * 289 + 9 * 289
    # a norm's scale and offset instead of a convolution's offset
    assert num_parameters(SRResNet([3, 8, 8], scale=3, norm=BatchNorm)) == 39_913 + 4 * 32


def test_every_weight_learns_from_the_second_step_on(make):
    network, x = make([3, 8, 8], 2), torch.randn(2, 3, 8, 8)
    optimizer = torch.optim.SGD(network.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        (network(x) - 1).square().mean().backward()
        optimizer.step()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_the_exported_file_gives_the_same_for_any_batch(make, tmp_path):
    network = taught(make([3, 8, 8], 3)).eval()
    export(network, torch.randn(2, 3, 8, 8), tmp_path)
    program, x = torch.export.load(tmp_path / "model.pt2").module(), torch.randn(5, 3, 8, 8)
    torch.testing.assert_close(program(x), network(x))


@pytest.mark.parametrize(("shape", "scale"), [([30], 2), ([2, 8, 8], 2), ([3, 8, 8], 1)])
def test_what_cannot_be_enlarged_is_refused(make, shape, scale):
    with pytest.raises(ValueError, match=r"data=photographs|enlarges nothing"):
        make(shape, scale)


def test_luma_in_the_network_is_luma_of_the_benchmarks_but_for_its_range():
    from groklab.layers.luma import luma

    x = torch.rand(2, 3, 4, 5) * 255
    np.testing.assert_allclose(luma(x.numpy()), 16 + LumaChannel(3)(x)[:, 0].numpy() * 219 / 255, rtol=1e-5)
