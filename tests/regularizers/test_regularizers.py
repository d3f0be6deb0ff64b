import pytest
import torch
from torch import nn

from groklab.regularizers.batch_norm import BatchNorm
from groklab.regularizers.dropout import Dropout
from groklab.regularizers.l1 import L1
from groklab.regularizers.l2 import L2


@pytest.fixture
def network():
    linear = nn.Linear(2, 1)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[3.0, -4.0]]))
        linear.bias.fill_(100.0)
    return linear


def test_penalties_of_a_hand_made_network(network):
    assert L1(0.5)(network).item() == pytest.approx(3.5)  # 0.5 * (3 + 4); the offset is free
    assert L2(0.5)(network).item() == pytest.approx(12.5)  # 0.5 * (9 + 16)


def test_l2_shrinks_a_weight_by_twice_its_strength_a_step(network):
    L2(0.5)(network).backward()
    torch.testing.assert_close(network.weight.grad, network.weight.detach())


def test_l1_pulls_every_weight_alike(network):
    L1(0.25)(network).backward()
    assert network.weight.grad.tolist() == [[0.25, -0.25]]
    assert network.bias.grad is None


@pytest.mark.parametrize("penalty", [L1, L2])
def test_strength_zero_costs_nothing_and_less_is_refused(penalty, network):
    assert penalty(0.0)(network).item() == 0
    with pytest.raises(ValueError, match="negative"):
        penalty(-1.0)


def test_dropout_keeps_the_expectation_and_does_nothing_in_evaluation():
    torch.manual_seed(0)
    drop, x = Dropout(0.25), torch.ones(200, 1000)
    out = drop(x)
    assert out.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert out.mean().item() == pytest.approx(1.0, abs=0.01)
    assert torch.equal(drop.eval()(x), x)


@pytest.mark.parametrize("p", [-0.1, 1.0])
def test_dropout_refuses_what_is_no_probability(p):
    with pytest.raises(ValueError, match="0 <= p < 1"):
        Dropout(p)


@pytest.mark.parametrize("shape", [(64, 5), (16, 5, 7), (8, 5, 4, 4)])
def test_batch_norm_gives_each_feature_mean_0_and_variance_1(shape):
    x = 3 * torch.randn(shape) + 2
    out = BatchNorm(5)(x).transpose(0, 1).flatten(1)
    torch.testing.assert_close(out.mean(1), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(out.var(1, unbiased=False), torch.ones(5), atol=1e-3, rtol=0)


def test_batch_norm_in_evaluation_treats_each_example_alone():
    norm, x = BatchNorm(5), torch.randn(32, 5)
    norm(x)
    norm.eval()
    torch.testing.assert_close(norm(x)[:3], norm(x[:3]))
