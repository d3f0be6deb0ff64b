import copy

import torch
from torch import nn

from groklab.optimizers.muon import Muon


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2 * 4 * 4, 5), nn.Tanh(), nn.Linear(5, 3))


def step(net, optimizer):
    torch.manual_seed(1)
    x, y = torch.randn(8, 1, 6, 6), torch.randint(3, (8,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()


def test_a_matrix_moves_by_an_orthogonal_update_and_every_parameter_moves():
    net = network()
    before = copy.deepcopy(net.state_dict())
    step(net, Muon(net.parameters(), lr=0.1, weight_decay=0.0))
    for name, weight in net.state_dict().items():
        assert not torch.equal(weight, before[name]), name
    singular = torch.linalg.svdvals(net[4].weight.detach() - before["4.weight"])
    assert float(singular.max() / singular.min()) < 2  # of a gradient of rank < 3 it would be far from 1


def test_a_schedule_reaches_both_parts():
    net = network()
    optimizer = Muon(net.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.0)
    step(net, optimizer)
    schedule.step()
    before = copy.deepcopy(net.state_dict())
    step(net, optimizer)
    for name, weight in net.state_dict().items():
        torch.testing.assert_close(weight, before[name], rtol=0, atol=0)


def test_it_goes_on_from_its_state_to_the_bit():
    one = network()
    optimizer = Muon(one.parameters(), lr=0.01)
    step(one, optimizer)
    other = network()
    other.load_state_dict(one.state_dict())
    resumed = Muon(other.parameters(), lr=0.5)
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    assert resumed.param_groups[0]["lr"] == 0.01
    step(one, optimizer)
    step(other, resumed)
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
