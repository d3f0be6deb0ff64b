import itertools

import pytest
import torch
from torch import nn

from groklab.architectures.cnn import CNN
from groklab.architectures.linear import Linear
from groklab.architectures.mlp import MLP
from groklab.regularizers.batch_norm import BatchNorm
from groklab.training.fit import num_parameters


def test_linear_is_affine_and_flattens():
    network = Linear(12, 4)
    a, b = torch.randn(2, 5, 3, 2, 2)
    torch.testing.assert_close(network(a) + network(b) - network(torch.zeros_like(a)), network(a + b))
    assert num_parameters(network) == 12 * 4 + 4


def test_mlp_without_hidden_layers_is_affine():
    network, (a, b) = MLP(3, 2, depth=0), torch.randn(2, 5, 3)
    torch.testing.assert_close(network(a) + network(b) - network(torch.zeros(5, 3)), network(a + b))


def test_mlp_with_identity_activation_stays_affine_at_any_depth():
    network, (a, b) = MLP(3, 2, depth=4, activation=nn.Identity), torch.randn(2, 5, 3)
    torch.testing.assert_close(network(a) + network(b) - network(torch.zeros(5, 3)), network(a + b))


def test_mlp_computes_what_is_worked_out_by_hand():
    network = MLP(1, 1, width=2, depth=1)
    hidden, output = (layer for layer in network.layers if isinstance(layer, nn.Linear))
    with torch.no_grad():
        hidden.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        hidden.bias.zero_()
        output.weight.copy_(torch.tensor([[2.0, 3.0]]))
        output.bias.fill_(0.5)
    # 2 max(0, x) + 3 max(0, -x) + 0.5
    assert network(torch.tensor([[2.0], [-1.0]])).flatten().tolist() == [4.5, 3.5]


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_mlp_has_as_many_parameters_as_its_layers(depth):
    sizes = [7, *[5] * depth, 2]
    expected = sum(a * b + b for a, b in itertools.pairwise(sizes))
    assert num_parameters(MLP(7, 2, width=5, depth=depth)) == expected


def test_cnn_of_two_blocks_of_16_channels_on_mnist_has_20490_parameters():
    # 16 * (9 + 1) + 32 * (16 * 9 + 1) + (32 * 7 * 7) * 10 + 10
    assert num_parameters(CNN([1, 28, 28], 10, channels=16, blocks=2)) == 20_490


def test_cnn_does_not_change_when_the_rows_of_a_batch_are_permuted():
    network, x = CNN([1, 8, 8], 3, channels=4).eval(), torch.randn(6, 1, 8, 8)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(network(x)[order], network(x[order]))


def test_offsets_are_left_out_before_a_normalization():
    plain, normed = (MLP(3, 2, width=4, depth=1, norm=norm) for norm in (nn.Identity, BatchNorm))
    # the offset moves into the normalization, whose scale comes on top
    assert num_parameters(normed) == num_parameters(plain) + 4


@pytest.mark.parametrize(("shape", "blocks", "hint"), [([30], 2, "architecture=mlp"), ([1, 8, 8], 4, "blocks=4")])
def test_cnn_refuses_what_is_no_image_or_too_small(shape, blocks, hint):
    with pytest.raises(ValueError, match=hint):
        CNN(shape, 2, blocks=blocks)
