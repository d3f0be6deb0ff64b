import pytest

from groklab.report.cost_section import cost_section, gain
from groklab.report.gather import gather
from groklab.report.records import Comparison

from .outputs import write_outputs


def comparison(metric, network, baseline):
    known = None in (network, baseline)
    return Comparison(
        metric, network, "mean", baseline, None if known else network - baseline, None, None, "open", "A sentence."
    )


@pytest.mark.parametrize(
    ("metric", "network", "baseline", "share"),
    [("accuracy", 0.9, 0.75, 0.2), ("rmse", 0.6, 0.8, 0.25), ("r2", 0.5, -0.5, 2.0), ("psnr_y", 27.0, 30.0, -0.1)],
)
def test_a_gain_is_a_share_of_the_baseline_s_score_and_positive_where_the_network_is_better(
    metric, network, baseline, share
):
    assert gain(comparison(metric, network, baseline)) == pytest.approx(share)


@pytest.mark.parametrize("values", [("accuracy", 0.9, None), ("r2", 0.9, 0.0), (None, None, None)])
def test_without_a_score_to_gain_on_there_is_none(values):
    assert gain(comparison(*values)) is None


def test_every_experiment_that_can_be_compared_has_a_number_and_stands_in_both_pictures(tmp_path):
    experiments = gather(write_outputs(tmp_path)).experiments
    section = cost_section(experiments, [f"e-{row}" for row in range(len(experiments))])
    assert [(point.number, anchor) for point, anchor in section["rows"]] == [(1, "e-0"), (2, "e-1"), (3, "e-2")]
    for svg in section["drawn"]:
        assert all(experiment.name in svg for experiment in experiments)
        assert all(f">{number}</text>" in svg for number in (1, 2, 3))


def test_nothing_to_compare_is_no_section():
    assert cost_section((), ()) is None
