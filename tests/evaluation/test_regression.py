import math

import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.regression import Regression
from tests.evaluation.examples import drawn_classes, drawn_values, rows, valued


def test_four_examples_by_hand():
    # The errors are 1, -1, 0, 2; the targets lie -2, -1, 0, 3 from their mean: squares 6 and 14.
    scores = Regression().score(valued([2, 1, 3, 8], [1, 2, 3, 6]))
    assert scores == pytest.approx({"r2": 1 - 6 / 14, "rmse": math.sqrt(6 / 4), "mae": 1})


def test_two_targets_are_averaged():
    # RMSE 1 and 3 -> 2, not the square root of the mean of 1 and 9.
    scores = Regression().score(valued([[1, 3], [-1, 7]], [[0, 0], [0, 10]]))
    assert scores["rmse"] == pytest.approx(2)
    assert scores["mae"] == pytest.approx(2)
    assert scores["r2"] is None


def test_perfect_predictions_and_the_mean():
    targets = [1.0, 4.0, 7.0]
    assert Regression().score(valued(targets, targets)) == {"r2": 1, "rmse": 0, "mae": 0}
    assert Regression().score(valued([4, 4, 4], targets))["r2"] == pytest.approx(0)


def test_scores_are_in_the_units_of_the_targets():
    given = drawn_values(50, 2)
    scores = Regression().score(given)
    scaled = Regression().score(valued(1000 * given.outputs, 1000 * given.targets))
    assert scaled["rmse"] == pytest.approx(1000 * scores["rmse"])
    assert scaled["mae"] == pytest.approx(1000 * scores["mae"])
    assert scaled["r2"] == pytest.approx(scores["r2"])


def test_the_order_of_the_examples_does_not_matter():
    given = drawn_values(60, 3)
    shuffled = rows(given, np.random.default_rng(1).permutation(60))
    assert Regression().score(shuffled) == pytest.approx(Regression().score(given))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (valued([1], [1]), "the test split holds one example; it takes two or more"),
        (valued([1, 2], [5, 5]), "dose has the same value throughout the test split"),
    ],
)
def test_r2_is_undefined_without_spread(given, reason):
    assert Regression().undefined(given, names=["dose"]) == {"r2": reason}
    scores = Regression().score(given)
    assert scores["r2"] is None
    assert math.isfinite(scores["rmse"] + scores["mae"])


def test_the_constant_one_of_several_targets_is_named():
    given = valued([[1, 3], [2, 7]], [[1, 4], [2, 4]])
    assert Regression().undefined(given, names=["a", "b"])["r2"].startswith("b has")


def test_classes_are_not_values():
    with pytest.raises(UserError, match="choose evaluation=classification"):
        Regression().score(drawn_classes(4, 2))


def test_the_plot_has_a_row_for_each_value():
    assert Regression().plots(valued([1, 2], [3, 4]), names=None) == {
        "residuals": [{"actual": 3.0, "predicted": 1.0}, {"actual": 4.0, "predicted": 2.0}]
    }
    several = Regression().plots(valued([[1, 2]], [[3, 4]]), names=["a", "b"])["residuals"]
    assert several == [
        {"target": "a", "actual": 3.0, "predicted": 1.0},
        {"target": "b", "actual": 4.0, "predicted": 2.0},
    ]
