import pytest
import torch
from torch import nn

from groklab.architectures.recurrent import Recurrent
from groklab.training.fit import num_parameters

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
LENGTHS = [6, 3, 1]


def frames():
    x = torch.randn(3, 6, 4)
    for row, length in zip(x, LENGTHS, strict=True):
        row[length:] = torch.nan
    return x


@pytest.mark.parametrize("cell", CELLS)
def test_last_is_the_state_of_torch_after_the_unpadded_sequence(cell):
    torch.manual_seed(0)
    network, x = Recurrent([6, 4], 2, cell=cell, hidden_size=5), frames()
    theirs = CELLS[cell](4, 5, batch_first=True)
    theirs.load_state_dict(network.recurrence.forward_layers[0].state_dict())
    for row, length, output in zip(x, LENGTHS, network(x), strict=True):
        state = theirs(row[None, :length])[0][:, -1]
        torch.testing.assert_close(network.output(state)[0], output)


@pytest.mark.parametrize("cell", CELLS)
def test_two_layers_in_both_directions_are_those_of_torch(cell):
    torch.manual_seed(0)
    network, x = Recurrent([6, 4], 2, cell=cell, hidden_size=5, num_layers=2, bidirectional=True), frames()
    theirs = CELLS[cell](4, 5, num_layers=2, bidirectional=True, batch_first=True)
    with torch.no_grad():
        for layer in range(2):
            for suffix, layers in (
                ("", network.recurrence.forward_layers),
                ("_reverse", network.recurrence.backward_layers),
            ):
                for name, parameter in layers[layer].named_parameters():
                    getattr(theirs, name.replace("l0", f"l{layer}{suffix}")).copy_(parameter)
    for row, length, output in zip(x, LENGTHS, network(x), strict=True):
        final = theirs(row[None, :length])[1]
        final = final[0] if cell == "lstm" else final
        # torch gives the final states of layer 0 and 1, each forward and backward
        torch.testing.assert_close(network.output(torch.cat([final[2], final[3]], dim=-1))[0], output)


def test_an_rnn_computes_what_is_worked_out_by_hand():
    network = Recurrent([3, 1], 1, cell="rnn", hidden_size=1)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.fill_(0.0 if "bias" in name else 1.0)
    x = torch.tensor([[[0.5], [-0.2], [torch.nan]]])
    # h_1 = tanh(0.5), h_2 = tanh(-0.2 + h_1)
    expected = torch.tanh(torch.tensor(-0.2) + torch.tanh(torch.tensor(0.5)))
    torch.testing.assert_close(network(x), expected.view(1, 1))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_recurrent_network_has_as_many_parameters_as_its_layers(cell, bidirectional):
    directions = 2 if bidirectional else 1
    network = Recurrent(
        [9], 2, num_tokens=7, embedding_size=3, hidden_size=5, cell=cell, num_layers=2, bidirectional=bidirectional
    )
    layers = sum(directions * GATES[cell] * 5 * (size + 5 + 2) for size in (3, 5 * directions))
    assert num_parameters(network) == 7 * 3 + layers + (5 * directions) * 2 + 2


def test_a_sum_doubles_where_a_mean_stays_when_states_are_constant():
    torch.manual_seed(0)
    outputs = {}
    for pooling in ("sum", "mean"):
        network = Recurrent([4, 2], 3, pooling=pooling)
        with torch.no_grad():
            # a candidate of tanh(b), the update gate shut: each state is the same
            for name, parameter in network.recurrence.named_parameters():
                parameter.fill_(0.0)
                if name.endswith("bias_ih_l0"):
                    parameter[64:128] = -100.0
                    parameter[128:] = 1.0
            network.output[-1].weight.fill_(1.0)
            network.output[-1].bias.zero_()
        short, long = (torch.randn(1, length, 2) for length in (2, 4))
        outputs[pooling] = network(long) / network(short)
    torch.testing.assert_close(outputs["sum"], torch.full((1, 3), 2.0))
    torch.testing.assert_close(outputs["mean"], torch.ones(1, 3))


def test_a_head_is_a_hidden_layer_over_the_pooled_states():
    network, x = Recurrent([6, 4], 2, pooling="sum", hidden_size=5, head_size=3, activation=nn.Tanh), frames()
    states = [network.recurrence.forward_layers[0](row[None, :n])[0] for row, n in zip(x, LENGTHS, strict=True)]
    pooled = torch.cat([of.sum(dim=1) for of in states])
    (_, hidden, _, _, output) = network.output
    expected = torch.tanh(pooled @ hidden.weight.T + hidden.bias) @ output.weight.T + output.bias
    torch.testing.assert_close(network(x), expected)
    assert num_parameters(network) - num_parameters(network.recurrence) == (5 * 3 + 3) + (3 * 2 + 2)
