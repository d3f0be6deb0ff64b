import pytest
import torch
from torch import nn

from groklab.architectures.resnet import ResNet
from groklab.layers.residual_block import ResidualBlock
from groklab.regularizers.batch_norm import BatchNorm
from groklab.training.export import export
from groklab.training.fit import num_parameters


@pytest.mark.parametrize("norm", [nn.Identity, BatchNorm])
def test_a_block_begins_as_its_shortcut(norm):
    x = torch.rand(4, 3, 5, 5)  # not negative: the activation leaves it
    torch.testing.assert_close(ResidualBlock(3, 3, norm=norm)(x), x)
    block = ResidualBlock(3, 6, stride=2, norm=norm)
    torch.testing.assert_close(block(x), block.shortcut(x).relu())


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (7, 13), (28, 28)])
@pytest.mark.parametrize("stages", [1, 3, 5])
def test_images_of_any_size_fit(size, stages):
    network = ResNet([2, *size], 3, channels=4, stages=stages)
    assert network(torch.randn(5, 2, *size)).shape == (5, 3)


def test_with_three_stages_there_are_6n_plus_2_layers_and_two_1x1_shortcuts():
    for n in (1, 2, 3):
        modules = list(ResNet([1, 8, 8], 10, channels=4, blocks_per_stage=n).modules())
        layers = [module for module in modules if isinstance(module, nn.Linear | nn.Conv2d)]
        shortcuts = [module for module in layers if getattr(module, "kernel_size", None) == (1, 1)]
        assert (len(layers) - len(shortcuts), len(shortcuts)) == (6 * n + 2, 2)


def test_a_resnet_of_one_block_has_as_many_parameters_as_its_layers():
    # 4 * (9 + 1) in front, 2 * 4 * (4 * 9 + 1) in the block, 4 * 10 + 10 behind
    assert num_parameters(ResNet([1, 8, 8], 10, channels=4, stages=1)) == 40 + 296 + 50
    # a norm's scale and offset stand in for each convolution's offset
    assert num_parameters(ResNet([1, 8, 8], 10, channels=4, stages=1, norm=BatchNorm)) == 386 + 3 * 4


@pytest.mark.parametrize("norm", [nn.Identity, BatchNorm])
def test_a_deep_network_begins_with_bounded_outputs_and_learns(norm):
    torch.manual_seed(0)
    network = ResNet([1, 8, 8], 2, channels=4, blocks_per_stage=8, norm=norm)
    x, labels = torch.randn(16, 1, 8, 8), torch.arange(16) % 2
    x[labels == 1, :, :4] += 1
    optimizer, losses = torch.optim.Adam(network.parameters(), lr=3e-3), []
    for _ in range(30):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] < 2 and losses[-1] < 0.5 * losses[0]
    # the second step found every weight, those behind a branch of 0 as well
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_the_exported_file_gives_the_same_for_any_batch(tmp_path):
    network = ResNet([1, 8, 8], 3, channels=4, norm=BatchNorm).eval()
    export(network, torch.randn(2, 1, 8, 8), tmp_path)
    program, x = torch.export.load(tmp_path / "model.pt2").module(), torch.randn(5, 1, 8, 8)
    torch.testing.assert_close(program(x), network(x))


@pytest.mark.parametrize("shape", [[30], [9, 4]])
def test_resnet_refuses_what_is_no_image(shape):
    with pytest.raises(ValueError, match="architecture=mlp"):
        ResNet(shape, 2)


def test_without_shortcuts_a_block_is_its_branch_and_begins_alive():
    block = ResidualBlock(3, 3, norm=nn.BatchNorm2d, shortcut=False)
    x = torch.randn(4, 3, 5, 5)
    torch.testing.assert_close(block(x), torch.relu(block.branch(x)))
    assert block(x).abs().sum() > 0
    plain, residual = (ResNet([1, 8, 8], 10, blocks_per_stage=2, shortcuts=flag) for flag in (False, True))
    assert sum(p.numel() for p in plain.parameters()) < sum(p.numel() for p in residual.parameters())
