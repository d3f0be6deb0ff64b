import numpy as np
import pytest
from sklearn.base import clone, is_regressor

from groklab.baselines.persistence import Persistence
from groklab.baselines.seasonal_naive import SeasonalNaive


def windows(series, length, horizon):
    """Every window of ``series`` [time, channels], and what follows it, one step after the other."""
    starts = range(len(series) - length - horizon + 1)
    x = np.stack([series[start : start + length] for start in starts])
    y = np.stack([series[start + length : start + length + horizon].ravel() for start in starts])
    return x, y


def season(drift):
    """Two channels of a sinusoid of period 12 on a line."""
    time = np.arange(90)[:, None]
    return np.sin(2 * np.pi * time / 12 + [0, 1]) * [1, 30] + drift * time + 400


@pytest.mark.parametrize("horizon", [1, 5, 12, 29])
def test_a_sinusoid_on_a_line_is_forecast_without_error(horizon):
    x, y = windows(season(0.3), 30, horizon)
    np.testing.assert_allclose(SeasonalNaive(horizon=horizon, period=12).fit(x, y).predict(x), y, rtol=1e-12)


def test_without_drift_the_line_is_missed_by_its_rise_over_the_periods():
    x, y = windows(season(0.5), 24, 13)
    missed = y - SeasonalNaive(horizon=13, period=12, drift=False).fit(x, y).predict(x)
    np.testing.assert_allclose(missed[:, :24], 6, rtol=1e-9)  # 12 steps of 0.5
    np.testing.assert_allclose(missed[:, 24:], 12, rtol=1e-9)  # the 13th step is two periods ahead


def test_four_steps_by_hand():
    # Period 2: the changes are 3-1, 7-2, 4-3, 9-7: mean 2.5.
    x = np.array([1, 2, 3, 7, 4, 9], np.float32)[None, :, None]
    y = np.zeros((1, 4))
    assert SeasonalNaive(horizon=4, period=2, drift=False).fit(x, y).predict(x).tolist() == [[4, 9, 4, 9]]
    assert SeasonalNaive(horizon=4, period=2).fit(x, y).predict(x).tolist() == [[6.5, 11.5, 9, 14]]


def test_period_1_without_drift_is_persistence():
    x, y = windows(season(0.1), 8, 3)
    naive = SeasonalNaive(horizon=3, period=1, drift=False).fit(x, y[:, ::2])
    last = Persistence(horizon=3).fit(x, y[:, ::2])
    np.testing.assert_array_equal(naive.predict(x), last.predict(x))


@pytest.mark.parametrize(("drift", "length"), [(False, 11), (True, 12)])
def test_a_window_too_short_is_refused(drift, length):
    x, y = windows(season(0), length, 2)
    with pytest.raises(
        ValueError, match=rf"period=12 takes windows of {length + 1} steps or more, these have {length}"
    ):
        SeasonalNaive(horizon=2, period=12, drift=drift).fit(x, y)
    x, y = windows(season(0), length + 1, 2)
    np.testing.assert_allclose(SeasonalNaive(horizon=2, period=12, drift=drift).fit(x, y).predict(x), y, rtol=1e-12)


def test_it_is_cloned_and_is_a_regressor_in_data_units():
    made = SeasonalNaive(horizon=26, period=52, drift=False)
    assert clone(made).get_params() == made.get_params()
    assert is_regressor(made)
    assert made.units == "data"
