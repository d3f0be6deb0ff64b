import math

import pytest
import torch

from groklab.architectures.transformer_decoder import TransformerDecoder
from groklab.training.fit import num_parameters


def test_outputs_are_one_row_of_logits_a_token():
    assert TransformerDecoder([6], 7)(torch.randint(1, 7, (3, 6))).shape == (3, 6, 7)


def test_the_tied_output_saves_a_matrix_and_is_kept_once():
    tied, untied = (TransformerDecoder([6], 7, hidden_size=8, tied=tied) for tied in (True, False))
    assert num_parameters(untied) - num_parameters(tied) == 7 * 8
    assert len({value.data_ptr() for value in tied.state_dict().values()}) == len(tied.state_dict())


def test_an_untrained_decoder_is_near_to_even_odds():
    torch.manual_seed(0)
    network, x = TransformerDecoder([64], 50), torch.randint(1, 50, (8, 64))
    loss = torch.nn.functional.cross_entropy(network(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())
    assert abs(loss.item() - math.log(50)) < 0.3


def test_without_blocks_and_positions_logits_depend_on_the_token_alone():
    network = TransformerDecoder([6], 7)
    with torch.no_grad():
        network.positions.positions.zero_()
    network.blocks = torch.nn.ModuleList()
    logits = network(torch.tensor([[3, 1, 3]]))
    torch.testing.assert_close(logits[0, 0], logits[0, 2])


def test_a_decoder_learns_to_repeat_what_came_two_steps_ago():
    torch.manual_seed(0)
    network, x = TransformerDecoder([10], 6, hidden_size=32), torch.randint(1, 6, (32, 2)).repeat(1, 5)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.005)
    for _ in range(80):
        optimizer.zero_grad()
        logits = network(x[:, :-1])[:, 1:]
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), x[:, 2:].flatten()).backward()
        optimizer.step()
    assert (network(x[:, :-1])[:, 1:].argmax(-1) == x[:, 2:]).float().mean() > 0.95


def test_decoder_refuses_heads_that_do_not_divide_and_longer_texts():
    with pytest.raises(ValueError, match="num_heads=3"):
        TransformerDecoder([6], 7, hidden_size=8, num_heads=3)
    with pytest.raises(ValueError, match="7 steps is longer than 6"):
        TransformerDecoder([6], 7)(torch.ones(1, 7, dtype=torch.int64))
