import torch

from groklab.architectures.recurrent_decoder import RecurrentDecoder
from groklab.training.fit import num_parameters


def test_outputs_are_one_row_of_logits_a_token():
    assert RecurrentDecoder([6], 7)(torch.randint(1, 7, (3, 6))).shape == (3, 6, 7)


def test_the_state_is_carried_however_far():
    torch.manual_seed(0)
    network, x = RecurrentDecoder([6], 7), torch.randint(1, 7, (2, 6))
    changed = x.clone()
    changed[:, 0] = changed[:, 0] % 6 + 1
    assert not torch.allclose(network(x)[:, -1], network(changed)[:, -1])


def test_a_decoder_has_as_many_parameters_as_its_layers():
    network = RecurrentDecoder([6], 7, embedding_size=3, hidden_size=5, cell="lstm", num_layers=2)
    assert num_parameters(network) == 7 * 3 + 4 * 5 * (3 + 5 + 2) + 4 * 5 * (5 + 5 + 2) + 5 * 7 + 7


def test_a_decoder_learns_to_count():
    torch.manual_seed(0)
    network = RecurrentDecoder([8], 5, embedding_size=8, hidden_size=16)
    x = (torch.arange(8) + torch.arange(4).unsqueeze(-1)) % 4 + 1
    optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
    for _ in range(60):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten()).backward()
        optimizer.step()
    assert torch.equal(network(x[:, :-1]).argmax(-1), x[:, 1:])
