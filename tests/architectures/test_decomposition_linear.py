import pytest
import torch

from groklab.architectures.decomposition_linear import DecompositionLinear
from groklab.training.fit import num_parameters


def zeroed(*args, **options):
    network = DecompositionLinear(*args, **options)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    return network


@pytest.mark.parametrize("individual", [False, True])
def test_weights_of_0_repeat_the_last_value_or_give_0(individual):
    x = torch.tensor([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])
    persistence = zeroed([3, 2], 4, individual=individual)
    # the channels of the first step, then those of the second
    assert persistence(x).tolist() == [[3.0, 30.0, 3.0, 30.0]]
    assert zeroed([3, 2], 4, individual=individual, residual=False)(x).tolist() == [[0.0] * 4]
    x[:, 2] = torch.nan
    assert persistence(x).tolist() == [[2.0, 20.0, 2.0, 20.0]]


def test_the_trend_is_the_moving_average_with_repeated_edges():
    network = zeroed([3, 1], 3, kernel_size=3, residual=False)
    x = torch.tensor([0.0, 3.0, 9.0]).view(1, 3, 1)
    # means of (0, 0, 3), (0, 3, 9), (3, 9, 9)
    with torch.no_grad():
        network.trend.weight.copy_(torch.eye(3))
    torch.testing.assert_close(network(x), torch.tensor([[1.0, 4.0, 7.0]]))
    with torch.no_grad():
        network.remainder.weight.copy_(torch.eye(3))
    torch.testing.assert_close(network(x), x.flatten(1))


@pytest.mark.parametrize("individual", [False, True])
@pytest.mark.parametrize("residual", [False, True])
def test_the_network_is_affine(individual, residual):
    network, (a, b) = DecompositionLinear([9, 2], 6, individual=individual, residual=residual), torch.randn(2, 5, 9, 2)
    torch.testing.assert_close(network(a) + network(b) - network(torch.zeros_like(a)), network(a + b))


def test_a_level_added_to_the_series_is_added_to_the_forecast():
    network, x = DecompositionLinear([9, 2], 6), torch.randn(5, 9, 2)
    torch.testing.assert_close(network(x + 7), network(x) + 7)


def test_channels_share_their_maps_unless_individual():
    x = torch.randn(5, 9, 1).expand(5, 9, 3)
    shared, individual = (DecompositionLinear([9, 3], 6, individual=value) for value in (False, True))
    first, second, _ = shared(x).unflatten(1, (2, 3)).unbind(-1)
    torch.testing.assert_close(first, second)
    first, second, _ = individual(x).unflatten(1, (2, 3)).unbind(-1)
    assert not torch.allclose(first, second)
    assert (num_parameters(shared), num_parameters(individual)) == (2 * (9 * 2 + 2), 3 * 2 * (9 * 2 + 2))


def test_an_even_kernel_is_refused():
    with pytest.raises(ValueError, match="kernel_size=4"):
        DecompositionLinear([9, 1], 3, kernel_size=4)
