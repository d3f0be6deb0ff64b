import math

import pytest
import torch

from groklab.schedules.warmup_cosine import WarmupCosine


def rates(epochs, **arguments):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2.0)
    schedule = WarmupCosine(optimizer, epochs=epochs, **arguments)
    found = []
    for _ in range(epochs):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def test_the_climb_and_the_fall_by_hand():
    assert rates(6, warmup_epochs=2, floor=0.0) == pytest.approx(
        [2 / 3, 4 / 3, 2.0, 1 + math.cos(math.pi / 4), 1.0, 1 + math.cos(3 * math.pi / 4)]
    )


def test_it_falls_to_the_floor_and_no_further():
    assert min(rates(50, warmup_epochs=0, floor=0.25)) >= 0.5


def test_a_climb_over_the_whole_fit_is_refused():
    with pytest.raises(ValueError, match="give fewer"):
        rates(3, warmup_epochs=3)
