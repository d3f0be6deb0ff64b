import numpy as np
import pytest

from groklab.errors import UserError
from groklab.report.comparison import compare
from groklab.report.records import Metrics


def metrics(values, baselines, undefined=None):
    return Metrics("x", "0" * 16, "test", values, undefined or {}, baselines, {})


def store(folder, name, right, num=100):
    """Predictions of which the first ``right`` are right: all targets are class 1."""
    outputs = (np.arange(num) < right).astype(int)
    np.savez(folder / f"{name}.npz", outputs=outputs, targets=np.ones(num, int))


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict", "sentence"),
    [
        (95, 60, "ahead", "The network beats logistic regression: accuracy 0.950 against 0.600."),
        (60, 95, "behind", "The network loses to logistic regression: accuracy 0.600 against 0.950."),
        (
            81,
            80,
            "tie",
            "The network and logistic regression cannot be told apart on these 100 test examples: "
            "accuracy 0.810 against 0.800.",
        ),
    ],
)
def test_the_interval_decides_the_verdict(tmp_path, ours, theirs, verdict, sentence):
    store(tmp_path, "test", ours)
    store(tmp_path, "baseline_logistic_regression", theirs)
    known = metrics({"accuracy": ours / 100}, {"logistic_regression": {"accuracy": theirs / 100}})
    found = compare(known, tmp_path)
    assert (found.verdict, found.sentence) == (verdict, sentence)
    assert found.interval.low <= found.difference <= found.interval.high


def test_without_predictions_there_is_no_verdict(tmp_path):
    found = compare(metrics({"r2": 0.3}, {"linear_regression": {"r2": 0.5}}), tmp_path)
    assert (found.verdict, found.interval) == ("open", None)
    assert found.difference == pytest.approx(-0.2)
    assert found.sentence == (
        "The network scores lower than linear regression: R² 0.300 against 0.500. "
        "One run on one split carries no verdict."
    )
    assert "not stored" in found.no_interval


def test_the_best_baseline_is_the_rival_and_undefined_ones_are_not(tmp_path):
    known = {"mean": {"r2": 0.0}, "decision_tree": {"r2": None}, "linear_regression": {"r2": 0.5}}
    found = compare(metrics({"r2": 0.6}, known), tmp_path)
    assert (found.baseline, found.baseline_value) == ("linear_regression", 0.5)


def test_predictions_of_another_run_are_not_used(tmp_path):
    store(tmp_path, "test", 70)
    store(tmp_path, "baseline_majority", 50)
    found = compare(metrics({"accuracy": 0.95}, {"majority": {"accuracy": 0.5}}), tmp_path)
    assert found.interval is None
    assert "another run" in found.no_interval


@pytest.mark.parametrize("num", [99, 100])
def test_predictions_of_other_examples_are_not_paired(tmp_path, num):
    store(tmp_path, "test", 70)
    np.savez(tmp_path / "baseline_majority.npz", outputs=np.zeros(num, int), targets=np.zeros(num, int))
    found = compare(metrics({"accuracy": 0.7}, {"majority": {"accuracy": 1.0}}), tmp_path)
    assert found.interval is None
    assert "same examples" in found.no_interval


def test_an_undefined_headline_says_why(tmp_path):
    found = compare(metrics({"r2": None}, {"mean": {"r2": 0.0}}, {"r2": "the targets are constant"}), tmp_path)
    assert found.sentence == "R² is undefined for the network: the targets are constant."


def test_nothing_to_compare_with_is_said(tmp_path):
    assert "not been evaluated" in compare(None, tmp_path).sentence
    assert "no baseline has a score" in compare(metrics({"accuracy": 0.9}, {}), tmp_path).sentence
    assert "no headline metric" in compare(metrics({"fid": 3.0}, {}), tmp_path).sentence


def test_broken_predictions_are_named(tmp_path):
    (tmp_path / "test.npz").write_bytes(b"torn")
    with pytest.raises(UserError, match=r"test\.npz"):
        compare(metrics({"accuracy": 0.9}, {"majority": {"accuracy": 0.5}}), tmp_path)
