import math

import pytest
import torch

from groklab.tasks.adversarial_losses import Hinge, LeastSquares, NonSaturating, Wasserstein

REAL, FAKE = torch.tensor([2.0, 0.0]), torch.tensor([-3.0, 1.0])


@pytest.mark.parametrize(
    ("loss", "discriminator", "generator"),
    [
        # hinge: real max(0, 1-2), max(0, 1-0) -> mean 0.5; fake max(0, 1-3), max(0, 1+1) -> mean 1; -mean(-3, 1) = 1
        (Hinge(), 1.5, 1.0),
        # squares: (1 + 1)/2 = 1 and (9 + 1)/2 = 5, half of 6; (16 + 0)/2/2 = 4
        (LeastSquares(), 3.0, 4.0),
        # Wasserstein: mean(-3, 1) - mean(2, 0) = -1 - 1
        (Wasserstein(), -2.0, 1.0),
    ],
)
def test_losses_worked_by_hand(loss, discriminator, generator):
    assert loss.discriminator(REAL, FAKE).item() == pytest.approx(discriminator)
    assert loss.generator(FAKE).item() == pytest.approx(generator)


def test_a_discriminator_that_cannot_tell_costs_two_ln_2_and_its_generator_ln_2():
    nothing = torch.zeros(3)
    assert NonSaturating().discriminator(nothing, nothing).item() == pytest.approx(2 * math.log(2))
    assert NonSaturating().generator(nothing).item() == pytest.approx(math.log(2))


def test_the_non_saturating_generator_still_learns_where_every_image_is_found_out():
    found_out = torch.full((4,), -20.0, requires_grad=True)
    NonSaturating().generator(found_out).backward()
    torch.testing.assert_close(found_out.grad, torch.full((4,), -0.25))  # slope -1, a mean of four
