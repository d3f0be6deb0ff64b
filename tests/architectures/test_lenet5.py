import pytest
import torch
from torch import nn

from groklab.architectures.lenet5 import LeNet5
from groklab.regularizers.batch_norm import BatchNorm
from groklab.regularizers.dropout import Dropout
from groklab.training.fit import num_parameters


def test_on_28x28_digits_it_has_61706_parameters():
    # 6 (25 + 1) + 16 (6 * 25 + 1) + 120 (16 * 5 * 5 + 1) + 84 (120 + 1) + 10 (84 + 1)
    assert num_parameters(LeNet5([1, 28, 28], 10)) == 156 + 2_416 + 48_120 + 10_164 + 850


def test_a_norm_takes_the_place_of_the_convolutions_offsets():
    # scale and offset of 6 and 16 maps come, 6 and 16 offsets go
    assert num_parameters(LeNet5([1, 28, 28], 10, norm=BatchNorm)) == 61_706 + 6 + 16


def test_maps_have_the_sizes_of_the_paper():
    network, sizes = LeNet5([1, 28, 28], 10), []
    for layer in network.layers:
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.Linear):
            layer.register_forward_hook(lambda _layer, _inputs, output: sizes.append(tuple(output.shape[1:])))
    network(torch.zeros(1, 1, 28, 28))
    assert sizes == [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120,), (84,), (10,)]


@pytest.mark.parametrize("shape", [[1, 1, 1], [1, 8, 8], [3, 28, 19], [2, 33, 45]])
def test_images_of_other_sizes_and_channels_fit(shape):
    assert LeNet5(shape, 4)(torch.randn(5, *shape)).shape == (5, 4)


def test_a_small_image_is_the_same_as_one_that_was_padded_to_28x28_before():
    small, large = LeNet5([1, 8, 8], 4), LeNet5([1, 28, 28], 4)
    large.load_state_dict(small.state_dict())
    x = torch.randn(3, 1, 8, 8)
    torch.testing.assert_close(small(x), large(nn.functional.pad(x, [10] * 4)))


def test_every_slot_is_filled_and_dropout_rests_in_evaluation():
    network = LeNet5([1, 28, 28], 10, activation=nn.Tanh, norm=BatchNorm, drop=Dropout)
    kinds = [type(layer) for layer in network.layers]
    assert (kinds.count(nn.Tanh), kinds.count(BatchNorm), kinds.count(Dropout), kinds.count(nn.ReLU)) == (4, 2, 2, 0)
    network, x = network.eval(), torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(network(x), network(x))
    torch.testing.assert_close(network(x)[1:], network(x[1:]))


def test_with_identity_activations_the_affine_part_stays_affine():
    network = LeNet5([1, 28, 28], 3, activation=nn.Identity)
    head = network.layers[[type(layer) for layer in network.layers].index(nn.Flatten) :]
    a, b = torch.randn(2, 4, 16, 5, 5)
    torch.testing.assert_close(head(a) + head(b) - head(torch.zeros_like(a)), head(a + b))


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="architecture=mlp"):
        LeNet5([30], 2)
