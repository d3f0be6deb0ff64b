"""Whole numbers drawn alike everywhere."""

import numpy as np

from groklab.data.whole_draws import below, between


def test_each_number_between_the_bounds_is_equally_likely():
    draw = np.random.default_rng(0)
    counts = np.bincount([between(draw, (3, 6)) for _ in range(4000)], minlength=8)
    assert counts[[0, 1, 2, 7]].sum() == 0
    assert (abs(counts[3:7] - 1000) < 110).all()  # four deviations of 27


def test_a_draw_takes_one_number_of_the_generator():
    draw, same = np.random.default_rng(1), np.random.default_rng(1)
    assert below(draw, 10) == int(same.random() * 10)
    assert draw.random() == same.random()
