import numpy as np
import pytest

from groklab.report.bootstrap import accuracy, accuracy_difference, paired_interval, r2, r2_difference


def test_identical_predictions_have_the_interval_zero_to_zero():
    targets = np.arange(30) % 3
    same = np.eye(3)[(targets + (np.arange(30) % 4 == 0)) % 3]
    interval = paired_interval(accuracy_difference(same, same.copy(), targets), 30)
    assert (interval.low, interval.high) == (0, 0)
    numbers = np.linspace(0, 1, 30)
    interval = paired_interval(r2_difference(numbers**2, numbers**2, numbers), 30)
    assert (interval.low, interval.high) == (0, 0)


def test_an_example_won_out_of_two_spans_zero_to_one():
    # Draws of two: neither 1/4, one 1/2, both 1/4; all beyond the tails of 1/40.
    interval = paired_interval(accuracy_difference(np.array([0, 1]), np.array([0, 0]), np.array([0, 1])), 2)
    assert (interval.low, interval.high) == (0, 1)


def test_always_right_against_always_wrong_is_exactly_one():
    targets = np.zeros(9)
    interval = paired_interval(accuracy_difference(targets, targets + 1, targets), 9)
    assert (interval.low, interval.high) == (1, 1)


def test_swapping_the_two_mirrors_the_interval():
    draw = np.random.default_rng(0)
    targets = draw.normal(size=(40, 2))
    one, other = targets + draw.normal(size=(40, 2)), targets + 0.5 * draw.normal(size=(40, 2))
    there = paired_interval(r2_difference(one, other, targets), 40)
    back = paired_interval(r2_difference(other, one, targets), 40)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_for_many_examples_the_interval_is_the_normal_one():
    won = np.arange(1000) < 300  # mean 0.3, standard error sqrt(0.3 * 0.7 / 1000)
    interval = paired_interval(accuracy_difference(won, won + 2, np.ones(1000)), 1000)
    error = np.sqrt(0.3 * 0.7 / 1000)
    assert interval.low == pytest.approx(0.3 - 1.96 * error, abs=0.002)
    assert interval.high == pytest.approx(0.3 + 1.96 * error, abs=0.002)


def test_the_interval_does_not_depend_on_how_many_are_drawn_at_once(monkeypatch):
    difference = accuracy_difference(np.arange(50) % 2, np.arange(50) % 3, np.ones(50))
    whole = paired_interval(difference, 50, num_resamples=1000)
    monkeypatch.setattr("groklab.report.bootstrap._MAX_DRAWN_AT_ONCE", 137)
    assert paired_interval(difference, 50, num_resamples=1000) == whole


def test_constant_targets_have_no_r2_and_no_interval():
    numbers = np.linspace(0, 1, 5)
    assert np.isnan(r2(numbers[:, None], np.ones((5, 1))))
    assert paired_interval(r2_difference(numbers, numbers, np.ones(5)), 5) is None


def test_r2_by_hand():
    # total 8, residual 2 -> 3/4; a perfect second target -> mean 7/8
    targets = np.array([[1.0, 0.0], [3.0, 1.0], [5.0, 2.0]])
    outputs = np.array([[2.0, 0.0], [3.0, 1.0], [4.0, 2.0]])
    assert r2(outputs, targets) == pytest.approx(7 / 8)


def test_accuracy_takes_scores_or_classes():
    targets = np.array([0, 2, 1])
    scores = np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 9.0], [5.0, 4.0, 0.0]])
    assert accuracy(scores, targets).tolist() == accuracy(np.array([0, 2, 0]), targets).tolist() == [1, 1, 0]
