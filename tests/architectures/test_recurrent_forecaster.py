import pytest
import torch
from torch import nn

from groklab.architectures.recurrent_forecaster import RecurrentForecaster


@pytest.mark.parametrize("patch_size", [1, 2])
def test_an_output_of_0_repeats_the_last_value(patch_size):
    network = RecurrentForecaster([3, 2], 4, patch_size=patch_size)
    with torch.no_grad():
        for parameter in network.output.parameters():
            parameter.zero_()
    x = torch.tensor([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])
    assert network(x).tolist() == [[3.0, 30.0, 3.0, 30.0]]
    x[:, 2] = torch.nan
    assert network(x).tolist() == [[2.0, 20.0, 2.0, 20.0]]


def test_patches_of_1_are_the_plain_recurrent_forecast():
    torch.manual_seed(0)
    network, x = RecurrentForecaster([6, 1], 2, hidden_size=5), torch.randn(4, 6, 1)
    theirs = nn.GRU(1, 5, batch_first=True)
    theirs.load_state_dict(network.recurrence.forward_layers[0].state_dict())
    level = x[:, -1]
    torch.testing.assert_close(network(x), level + network.output(theirs(x - level.unsqueeze(1))[1][0]))


def test_patches_are_filled_with_the_first_value_in_front():
    torch.manual_seed(0)
    network, x = RecurrentForecaster([5, 1], 1, patch_size=3, hidden_size=4), torch.randn(2, 5, 1)
    filled = torch.cat([x[:, :1], x], dim=1) - x[:, -1:]
    states, _ = network.recurrence.forward_layers[0](filled.reshape(2, 2, 3))
    torch.testing.assert_close(network(x), x[:, -1] + network.output(states[:, -1]))


def test_channels_do_not_know_of_each_other():
    network, x = RecurrentForecaster([6, 3], 6), torch.randn(4, 6, 3)
    changed = x.clone()
    changed[..., 1] += torch.randn(4, 6)
    before, after = (network(y).unflatten(1, (2, 3)) for y in (x, changed))
    torch.testing.assert_close(after[..., [0, 2]], before[..., [0, 2]])
    assert not torch.allclose(after[..., 1], before[..., 1])
    torch.testing.assert_close(network(x.flip(-1)).unflatten(1, (2, 3)), before.flip(-1))


def test_a_level_added_to_the_series_is_added_to_the_forecast_of_the_residual_alone():
    x = torch.randn(4, 6, 2)
    residual, absolute = (RecurrentForecaster([6, 2], 4, residual=value) for value in (True, False))
    torch.testing.assert_close(residual(x + 7), residual(x) + 7)
    assert not torch.allclose(absolute(x + 7), absolute(x) + 7)
