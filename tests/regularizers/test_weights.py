"""What changes weights after a step, or averages them."""

import pytest
import torch
from torch import nn

from groklab.regularizers.max_norm import MaxNorm
from groklab.regularizers.weight_average import WeightAverage
from groklab.regularizers.weight_decay import WeightDecay


def test_a_unit_longer_than_the_limit_is_scaled_back_and_others_stay():
    layer = nn.Linear(2, 2)
    layer.weight.data = torch.tensor([[3.0, 4.0], [0.6, 0.8]])
    before = layer.bias.clone()
    MaxNorm(limit=2.0)(layer, lr=0.1)
    torch.testing.assert_close(layer.weight.data, torch.tensor([[1.2, 1.6], [0.6, 0.8]]))
    torch.testing.assert_close(layer.bias, before)


def test_the_filters_of_a_convolution_are_units():
    layer = nn.Conv2d(2, 3, 2)
    nn.init.constant_(layer.weight, 1.0)  # each filter has length sqrt(8)
    MaxNorm(limit=1.0)(layer, lr=0.1)
    torch.testing.assert_close(layer.weight.flatten(1).norm(dim=1), torch.ones(3))


def test_a_weight_of_zeros_stays_finite():
    layer = nn.Linear(2, 1)
    nn.init.zeros_(layer.weight)
    MaxNorm(limit=1.0)(layer, lr=0.1)
    assert (layer.weight == 0).all()


def test_decay_is_of_weights_alone_and_in_units_of_the_learning_rate():
    layer = nn.Linear(2, 1)
    nn.init.constant_(layer.weight, 2.0)
    nn.init.constant_(layer.bias, 2.0)
    WeightDecay(strength=0.1)(layer, lr=0.5)
    torch.testing.assert_close(layer.weight.data, torch.full((1, 2), 1.9))
    assert float(layer.bias.detach()) == 2.0


def test_after_plain_gradient_descent_decay_is_l2_of_half_the_strength():
    from groklab.regularizers.l2 import L2

    torch.manual_seed(0)
    one, other = nn.Linear(3, 1, bias=False), nn.Linear(3, 1, bias=False)
    other.load_state_dict(one.state_dict())
    lr, strength = 0.1, 0.3
    WeightDecay(strength=strength)(one, lr)
    optimizer = torch.optim.SGD(other.parameters(), lr=lr)
    L2(strength=strength / 2)(other).backward()
    optimizer.step()
    torch.testing.assert_close(one.weight, other.weight)


def test_the_average_by_hand():
    layer = nn.Linear(1, 1, bias=False)
    average = WeightAverage(layer, decay=0.75)
    for value in (4.0, 8.0, 0.0):
        nn.init.constant_(layer.weight, value)
        average.update_parameters(layer)
    # It starts at the first step's weights: 4, then 0.75 * 4 + 0.25 * 8 = 5, then 0.75 * 5.
    assert float(average.module.weight.detach()) == pytest.approx(3.75)


def test_a_warm_average_forgets_its_first_weights_sooner():
    network = torch.nn.Linear(1, 1, bias=False)
    average = WeightAverage(network, decay=0.999, warm_up=True)
    for value in (0.0, 11.0, 11.0):
        with torch.no_grad():
            network.weight.fill_(value)
        average.update_parameters(network)
    # first the weights themselves; then 2/11 of 0 + 9/11 of 11 = 9; then 3/12 of 9 + 9/12 of 11
    assert average.module.weight.item() == pytest.approx(0.25 * 9 + 0.75 * 11)
