import math

import pytest
import torch

from groklab.tasks.relativistic import Relativistic


def test_three_logits_by_hand():
    loss = Relativistic()
    real, fake = torch.tensor([1.0, 3.0]), torch.zeros(2)
    # Means 2 and 0: half of (softplus(-1) + softplus(-3)) / 2 + softplus(-2), softplus(x) = ln(1 + e^x).
    by_hand = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(-3))) / 2 + math.log(1 + math.exp(-2))
    assert loss.discriminator(real, fake).item() == pytest.approx(by_hand / 2)
    assert loss.generator(fake).item() == pytest.approx(math.log(1 + math.exp(2)))


def test_only_differences_count_and_ln_2_is_where_nothing_can_be_told():
    loss, (real, fake) = Relativistic(), torch.randn(2, 50)
    one = (loss.discriminator(real, fake), loss.generator(fake))
    other = (loss.discriminator(real + 7, fake + 7), loss.generator(fake + 7))
    torch.testing.assert_close(one, other)
    zero = torch.zeros(5)
    assert loss.discriminator(zero, zero).item() == loss.generator(zero).item() == pytest.approx(math.log(2))


def test_a_checkpoint_knows_how_real_the_real_images_were():
    loss, again = Relativistic(), Relativistic()
    loss.discriminator(torch.full((3,), 5.0), torch.zeros(3))
    again.load_state_dict(loss.state_dict())
    assert again.generator(torch.zeros(3)) == loss.generator(torch.zeros(3))
