import itertools
import logging
import math

import pytest
import torch

from groklab.layers.blank import NEVER, certainly_blank
from groklab.tasks.ctc import CTC


def collapsed(path):
    return [symbol for symbol, _ in itertools.groupby(path) if symbol]


def likelihood(probabilities, symbols):
    """The sum over every alignment there is."""
    steps, outputs = probabilities.shape
    paths = (path for path in itertools.product(range(outputs), repeat=steps) if collapsed(path) == symbols)
    return sum(math.prod(float(probabilities[step, symbol]) for step, symbol in enumerate(path)) for path in paths)


def test_two_steps_by_hand():
    # p(a) = 0.4 at each of two steps: aa, a-, -a give 0.16 + 0.24 + 0.24.
    logits = torch.tensor([[[0.6, 0.4], [0.6, 0.4]]]).log()
    assert CTC()(logits, torch.tensor([[1]])).item() == pytest.approx(-math.log(0.64))


@pytest.mark.parametrize("symbols", [[1], [2, 1], [1, 1], [1, 2, 1], [2, 2]])
def test_it_is_the_sum_over_all_alignments(symbols):
    logits = torch.randn(1, 5, 3, generator=torch.Generator().manual_seed(len(symbols)))
    expected = -math.log(likelihood(logits[0].softmax(-1), symbols)) / len(symbols)
    target = torch.tensor([[*symbols, *[0] * (4 - len(symbols))]])
    assert CTC()(logits, target).item() == pytest.approx(expected, rel=1e-5)


def test_steps_that_are_certainly_blank_change_neither_loss_nor_gradient():
    logits = torch.randn(2, 6, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    target = torch.tensor([[1, 2, 0], [3, 3, 1]])
    short = CTC()(logits, target)
    (expected,) = torch.autograd.grad(short, logits)
    long = CTC()(certainly_blank(logits, torch.ones(2, 6, dtype=torch.bool), length=20), target)
    (found,) = torch.autograd.grad(long, logits)
    assert long.item() == pytest.approx(short.item(), rel=1e-6)
    torch.testing.assert_close(found, expected)


def test_examples_weigh_alike_and_their_cost_is_a_symbols():
    logits = torch.randn(2, 8, 3, generator=torch.Generator().manual_seed(1))
    target = torch.tensor([[1, 0, 0], [1, 2, 1]])
    each = [CTC()(logits[row : row + 1], target[row : row + 1]) for row in range(2)]
    torch.testing.assert_close(CTC()(logits, target), sum(each) / 2)


def test_a_transcript_that_is_too_long_teaches_nothing_and_that_is_said_once(caplog):
    logits = torch.randn(2, 2, 3, generator=torch.Generator().manual_seed(2))
    valid = torch.ones(2, 2, dtype=torch.bool)
    padded = certainly_blank(logits, valid, length=9).requires_grad_()
    target, loss = torch.tensor([[1, 2, 1], [2, 0, 0]]), CTC()
    with caplog.at_level(logging.WARNING):
        value = loss(padded, target)
        loss(padded, target)
    assert value.item() == pytest.approx(CTC()(logits[1:], target[1:]).item() / 2, rel=1e-5)
    (gradient,) = torch.autograd.grad(value, padded)
    assert torch.isfinite(gradient).all() and not gradient[0].any()
    assert len(caplog.records) == 1 and "lower the product of architecture.strides" in caplog.text
    assert CTC(zero_infinity=False)(padded, target).item() > -NEVER / 10


def test_a_user_is_told_of_two_equal_symbols_with_no_step_between_them():
    """[1, 1] needs three steps, for without a blank between them they are one."""
    logits = torch.zeros(1, 2, 2)
    assert CTC()(logits, torch.tensor([[1, 1]])).item() == 0
    assert CTC()(torch.zeros(1, 3, 2), torch.tensor([[1, 1]])).item() == pytest.approx(3 * math.log(2) / 2)
