import pytest

from groklab.report.pictures import learning_curves, scores
from groklab.report.records import Best, Curves
from groklab.report.wording import MINUS


def curves(**series):
    return Curves((1, 2, 3), {name.replace("__", "/"): values for name, values in series.items()})


def test_a_score_row_names_every_model_and_its_value():
    svg = scores("accuracy", 0.9, {"majority": 0.1, "decision_tree": None}, name="a")
    for text in ("Network", "0.900", "Majority", "0.100", "Decision tree", "undefined"):
        assert text in svg


@pytest.mark.parametrize("values", [(None, {}), (-3.5, {"mean": 0.0}), (0.0, {"mean": 0.0})])
def test_scores_of_every_sort_are_drawn(values):
    assert scores("r2", *values, name="a").startswith("<svg")


def test_curves_show_the_gap_and_the_best_epoch():
    svg = learning_curves(
        curves(train__loss=(3, 2, 1), val__loss=(3, 2.5, 2.6)), "loss", Best(2, "val/loss", 2.5), name="a"
    )
    for text in ("generalization gap", "training", "validation", "weights of epoch 2"):
        assert text in svg


def test_one_line_alone_has_no_gap_and_none_has_no_picture():
    assert "generalization gap" not in learning_curves(curves(val__loss=(3, 2, 1)), "loss", None, name="a")
    assert learning_curves(curves(lr=(1, 1, 1)), "loss", None, name="a") is None
    assert learning_curves(curves(val__loss=(float("nan"),) * 3), "loss", None, name="a") is None


def test_the_label_says_what_was_done_to_the_axis():
    assert "log scale" in learning_curves(curves(val__loss=(100, 2, 1)), "loss", None, name="a")
    assert f"cut at {MINUS}1" in learning_curves(curves(val__r2=(-9, 0, 0.5)), "r2", None, name="a")
