import pytest
import torch

from groklab.architectures.text_cnn import TextCNN
from groklab.training.fit import num_parameters


def summing(width):
    """A network that gives the largest sum of ``width`` numbers in a row."""
    network = TextCNN([6, 1], 1, widths=[width], channels=1)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.fill_(0.0 if "bias" in name else 1.0)
    return network


def series(*values):
    return torch.tensor([*values, *[torch.nan] * (6 - len(values))]).view(1, 6, 1)


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ((1.0, 2.0, 3.0, 1.0), 2, 5.0),
        # windows end inside of the sequence: 4 - 1, not 4 + 0
        ((-1.0, 4.0), 2, 3.0),
        ((-9.0, 4.0), 1, 4.0),
        # too short for the width: one window, filled up with 0
        ((2.0, 4.0), 5, 6.0),
        # all sums are negative, which ReLU cuts
        ((-2.0, -4.0, -1.0), 2, 0.0),
    ],
)
def test_text_cnn_computes_what_is_worked_out_by_hand(values, width, expected):
    assert summing(width)(series(*values)).item() == expected


def test_single_windows_do_not_know_the_order():
    network, x = TextCNN([8], 3, num_tokens=9, widths=[1]), torch.randint(1, 9, (4, 8))
    torch.testing.assert_close(network(x), network(x.flip(1)))


def test_text_cnn_has_as_many_parameters_as_its_layers():
    network = TextCNN([20], 2, num_tokens=50, embedding_size=8, widths=[3, 4, 5], channels=6)
    assert num_parameters(network) == 50 * 8 + 6 * (8 * (3 + 4 + 5) + 3) + 3 * 6 * 2 + 2
