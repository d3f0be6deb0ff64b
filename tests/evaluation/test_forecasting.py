import math

import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.drawing import png
from groklab.evaluation.forecasting import Forecasting
from groklab.evaluation.regression import Regression
from tests.evaluation.examples import drawn_classes, drawn_values, rows, valued


def test_two_windows_of_two_steps_by_hand():
    # The errors are 1 and 3 at the first step, -1 and 5 at the second: squares 1, 9, 1, 25.
    scores = Forecasting(horizon=2, horizons=[1, 2]).score(valued([[1, 9], [7, 25]], [[0, 10], [4, 20]]))
    assert scores == pytest.approx(
        {
            "rmse": 3,
            "mae": 2.5,
            "mse": 9,
            "r2": ((1 - 10 / 8) + (1 - 26 / 50)) / 2,
            "rmse_at_1": math.sqrt(5),
            "mae_at_1": 2,
            "rmse_at_2": math.sqrt(13),
            "mae_at_2": 3,
        }
    )


def test_a_step_holds_all_its_channels():
    # Two channels, two steps: the first step's errors are 3 and 4, the second's 0 and 0.
    scores = Forecasting(horizon=2, horizons=[2, 1]).score(valued([[3, 4, 0, 0]], [[0, 0, 0, 0]]))
    assert scores["rmse_at_1"] == pytest.approx(math.sqrt(12.5))
    assert scores["mae_at_1"] == 3.5
    assert scores["rmse_at_2"] == 0
    assert scores["mse"] == 6.25


def test_the_metrics_stand_in_the_order_of_the_horizons():
    names = [*Forecasting(horizon=3, horizons=[3, 1]).score(drawn_values(5, 6))]
    assert names == ["rmse", "mae", "mse", "r2", "rmse_at_3", "mae_at_3", "rmse_at_1", "mae_at_1"]


def test_one_step_is_regression():
    given = drawn_values(30, 1)
    scores, known = Forecasting(horizon=1, horizons=[1]).score(given), Regression().score(given)
    assert scores["rmse_at_1"] == scores["rmse"] == pytest.approx(known["rmse"])
    assert (scores["mae"], scores["r2"]) == pytest.approx((known["mae"], known["r2"]))


def test_the_order_of_the_windows_does_not_matter():
    given, evaluation = drawn_values(40, 6), Forecasting(horizon=3, horizons=[1, 3])
    shuffled = rows(given, np.random.default_rng(1).permutation(40))
    assert evaluation.score(shuffled) == pytest.approx(evaluation.score(given))


def test_r2_is_undefined_without_spread():
    given = valued([[1, 2], [3, 4]], [[1, 5], [2, 5]])
    evaluation = Forecasting(horizon=2, horizons=[1])
    assert evaluation.undefined(given, names=["a", "b"]) == {"r2": "b has the same value throughout the test split"}
    assert evaluation.score(given)["r2"] is None
    reason = "the test split holds one window; it takes two or more"
    assert evaluation.undefined(valued([[1, 2]], [[1, 2]])) == {"r2": reason}


@pytest.mark.parametrize(
    ("evaluation", "given", "said"),
    [
        (Forecasting(horizon=2, horizons=[1]), drawn_values(4, 3), "horizon=2: 3 outputs are no whole"),
        (Forecasting(horizon=2, horizons=[1]), drawn_classes(4, 2), "choose evaluation=classification"),
    ],
)
def test_what_cannot_be_scored_is_refused(evaluation, given, said):
    with pytest.raises(UserError, match=said):
        evaluation.score(given)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"horizon": 2, "horizons": [1, 3]}, "reach 1 to 2 steps ahead"),
        ({"horizon": 2, "horizons": [0]}, r"horizons=\[0\]"),
    ],
)
def test_a_constructor_refuses_what_has_no_meaning(arguments, said):
    with pytest.raises(ValueError, match=said):
        Forecasting(**arguments)


def test_the_plots_by_hand():
    plots = Forecasting(horizon=2, horizons=[1]).plots(valued([[1, 9], [7, 25]], [[0, 10], [4, 20]]), names=None)
    assert plots["residuals"] == [
        {"actual": 0.0, "predicted": 1.0},
        {"actual": 4.0, "predicted": 7.0},
        {"actual": 10.0, "predicted": 9.0},
        {"actual": 20.0, "predicted": 25.0},
    ]
    assert plots["error_by_horizon"] == [
        {"steps_ahead": 1, "rmse": pytest.approx(math.sqrt(5)), "mae": 2.0},
        {"steps_ahead": 2, "rmse": pytest.approx(math.sqrt(13)), "mae": 3.0},
    ]


def test_of_many_residuals_5000_are_shown_the_same_number_of_each_step():
    # The value is the step; 10 steps of 1,000 windows.
    values = np.tile(np.arange(10.0), (1000, 1))
    shown = Forecasting(horizon=10, horizons=[1]).plots(valued(values, values), names=None)["residuals"]
    assert len(shown) == 5000
    steps, counts = np.unique([row["actual"] for row in shown], return_counts=True)
    assert steps.tolist() == list(range(10))
    assert np.ptp(counts) <= 1


def test_the_forecasts_show_the_first_channel_of_windows_from_first_to_last():
    targets = np.arange(10)[:, None] + np.array([0, 900, 100, 900, 200, 900])
    figures = Forecasting(horizon=3, horizons=[1]).pictures(valued(targets + 1, targets), names=None)
    panels = figures["forecasts"].axes
    assert [axes.get_ylabel() for axes in panels] == ["window 1", "window 4", "window 7", "window 10"]
    actual, forecast = panels[1].lines
    assert actual.get_ydata().tolist() == [3, 103, 203]
    assert forecast.get_ydata().tolist() == [4, 104, 204]
    assert forecast.get_xdata().tolist() == [1, 2, 3]
    assert any("the first of 2 channels" in text.get_text() for text in panels[0].texts)


def test_the_error_is_drawn_over_the_steps_ahead():
    given = valued([[1, 9], [7, 25]], [[0, 10], [4, 20]])
    axes = Forecasting(horizon=2, horizons=[1]).pictures(given, names=None)["error_by_horizon"].axes[0]
    (line,) = axes.lines
    assert line.get_ydata().tolist() == pytest.approx([math.sqrt(5), math.sqrt(13)])
    assert axes.get_xlabel() == "steps ahead"


@pytest.mark.parametrize("given", [valued([1], [1]), valued([[3, 3]] * 2, [[3, 3]] * 2), drawn_values(9, 48)])
def test_every_number_of_windows_and_steps_is_drawn(given):
    figures = Forecasting(horizon=given.num_outputs, horizons=[1]).pictures(given, names=None)
    assert set(figures) == {"forecasts", "error_by_horizon"}
    for figure in figures.values():
        assert png(figure).startswith(b"\x89PNG")
