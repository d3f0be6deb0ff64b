import pytest
import torch
from torch import nn

from groklab.regularizers.cutout import Cutout
from groklab.regularizers.r1 import R1
from groklab.regularizers.spectral_norm import SpectralNorm
from groklab.regularizers.unit_gradient import UnitGradient


class Slope(nn.Module):
    """D(x) = 3 x_1 + 4 x_2: the slope is (3, 4) everywhere, 5 long."""

    def forward(self, images, classes):
        return (images.flatten(1) * torch.tensor([3.0, 4.0])).sum(1)


REAL, FAKE, CLASSES = torch.zeros(6, 1, 1, 2), torch.ones(6, 1, 1, 2), torch.zeros(6, dtype=torch.long)


@pytest.mark.parametrize(
    ("penalty", "cost"),
    [
        (R1(strength=2.0, every=1), 25.0),  # 2 / 2 * 5^2
        (UnitGradient(strength=10.0, every=1), 160.0),  # 10 * (5 - 1)^2
    ],
)
def test_penalties_of_a_discriminator_of_known_slope(penalty, cost):
    assert penalty(Slope(), REAL, FAKE, CLASSES, 0).item() == pytest.approx(cost)


def test_a_lazy_penalty_comes_to_the_same_over_its_steps():
    lazy, steady = R1(strength=1.0, every=4), R1(strength=1.0, every=1)
    sums = [sum(p(Slope(), REAL, FAKE, CLASSES, step).item() for step in range(8)) for p in (lazy, steady)]
    assert sums[0] == pytest.approx(sums[1])
    assert lazy(Slope(), REAL, FAKE, CLASSES, 1).item() == 0


def test_r1_flattens_the_discriminator():
    discriminator = nn.Sequential(nn.Flatten(), nn.Linear(2, 1))

    class Opinion(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = discriminator

        def forward(self, images, classes):
            return self.layers(images).squeeze(1)

    weight = discriminator[1].weight.detach().clone()
    R1(strength=1.0, every=1)(Opinion(), REAL, FAKE, CLASSES, 0).backward()
    torch.testing.assert_close(discriminator[1].weight.grad, weight)  # the slope of |w|^2 / 2 is w


def test_spectral_norm_brings_the_largest_singular_value_to_1():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 5), nn.Conv2d(2, 3, 3), nn.Embedding(4, 3))
    SpectralNorm(iterations=50)(network)
    network.train()
    for layer in network:
        for _ in range(5):
            weight = layer.weight
        largest = torch.linalg.matrix_norm(weight.flatten(1), ord=2)
        assert largest.item() == pytest.approx(1, abs=1e-3)


def test_cutout_hides_a_square_in_training_alone():
    torch.manual_seed(0)
    images = torch.ones(200, 2, 10, 10)
    seen = Cutout(share=0.3)(images)
    hidden = (seen == 0).flatten(1).sum(1)
    assert hidden.max() == 2 * 3 * 3  # both channels, three rows, three columns
    assert hidden.min() >= 2 * 1 * 1
    assert torch.equal(seen[:, 0], seen[:, 1])
    assert torch.equal(Cutout(share=0.3).eval()(images), images)
