import math

import pytest
import torch
from torch import nn

from groklab.errors import UserError
from groklab.tasks.losses import OneVsAll, Probabilities, check_loss


def test_one_vs_all_of_zero_logits_is_one_bit_a_class():
    loss = OneVsAll()(torch.zeros(4, 3), torch.tensor([0, 1, 2, 0]))
    assert loss.item() == pytest.approx(3 * math.log(2))


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), OneVsAll()])
def test_probabilities_sum_to_one_and_keep_the_order_of_logits(loss):
    logits = torch.randn(10, 4)
    probabilities = Probabilities(loss)(logits)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(10))
    assert torch.equal(probabilities.argsort(1), logits.argsort(1))


def test_one_vs_all_probabilities_are_normalized_sigmoids():
    logits = torch.tensor([[0.0, 2.0, -1.0]])
    torch.testing.assert_close(Probabilities(OneVsAll())(logits), logits.sigmoid() / logits.sigmoid().sum())


@pytest.mark.parametrize(
    ("loss", "kind", "mend"),
    [
        (nn.CrossEntropyLoss(), "regression", "loss=mse"),
        (OneVsAll(), "regression", "loss=mse"),
        (nn.MSELoss(), "classification", "loss=cross_entropy"),
        (nn.HuberLoss(), "classification", "loss=cross_entropy"),
    ],
)
def test_a_loss_for_the_other_kind_of_target_is_refused(loss, kind, mend):
    with pytest.raises(UserError, match=mend):
        check_loss(loss, kind)


def test_a_loss_of_ones_own_is_let_through():
    class Own(nn.Module):
        pass

    check_loss(Own(), "regression")
