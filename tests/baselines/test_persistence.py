import numpy as np
import pytest
from sklearn.base import clone, is_regressor

from groklab.baselines.persistence import Persistence

WINDOWS = np.array([[[1, 10], [2, 20]], [[3, 30], [4, 40]]], np.float32)


def test_the_last_values_are_repeated_step_by_step():
    fitted = Persistence(horizon=3).fit(WINDOWS, np.zeros((2, 6)))
    assert fitted.predict(WINDOWS).tolist() == [[2, 20, 2, 20, 2, 20], [4, 40, 4, 40, 4, 40]]


@pytest.mark.parametrize("y", [np.zeros(2), np.zeros((2, 1)), np.zeros((2, 1, 1))])
def test_one_step_of_the_first_channel(y):
    assert Persistence(horizon=1).fit(WINDOWS, y).predict(WINDOWS).tolist() == [[2], [4]]


def test_a_constant_is_forecast_without_error():
    x = np.full((3, 5, 2), 7.0)
    np.testing.assert_array_equal(Persistence(horizon=4).fit(x, np.full((3, 8), 7.0)).predict(x), np.full((3, 8), 7.0))


@pytest.mark.parametrize(
    ("horizon", "x", "y", "said"),
    [
        (2, WINDOWS, np.zeros((2, 3)), "3 values a window, which is not 2 steps of up to 2 channels"),
        (1, WINDOWS, np.zeros((2, 3)), "which is not 1 steps of up to 2 channels"),
        (1, WINDOWS[0], np.zeros((2, 2)), r"shape \(2, 2\); give"),
    ],
)
def test_what_does_not_fit_is_refused(horizon, x, y, said):
    with pytest.raises(ValueError, match=said):
        Persistence(horizon=horizon).fit(x, y)


def test_it_is_cloned_and_is_a_regressor_in_data_units():
    made = Persistence(horizon=4)
    assert clone(made).get_params() == {"horizon": 4}
    assert is_regressor(made)
    assert made.units == "data"
