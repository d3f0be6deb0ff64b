import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from groklab.errors import UserError
from groklab.evaluation.classification import Classification
from tests.evaluation.examples import classified, drawn_classes, rows, valued

SCORES = ("accuracy", "macro_f1", "auroc", "cross_entropy", "calibration_error")


def test_four_examples_of_two_classes_by_hand():
    # Of the four pairs (positive, negative) three are ordered right: 0.9 > 0.6, 0.9 > 0.2, 0.4 > 0.2, but not
    # 0.4 > 0.6. Both classes have precision and recall 1/2. One answer is right at 0.9, one right at 0.8, two
    # wrong at 0.6; in ten bins: |1 - 0.9| / 4 + |1 - 0.8| / 4 + 2 * |0 - 0.6| / 4.
    positive = np.array([0.9, 0.6, 0.2, 0.4])
    scores = Classification(calibration_bins=10).score(classified(np.stack([1 - positive, positive], 1), [1, 0, 0, 1]))
    assert scores == pytest.approx(
        {
            "accuracy": 0.5,
            "macro_f1": 0.5,
            "auroc": 0.75,
            "cross_entropy": -(math.log(0.9) + math.log(0.4) + math.log(0.8) + math.log(0.4)) / 4,
            "calibration_error": 0.1 / 4 + 0.2 / 4 + 0.6 / 2,
        }
    )


def test_macro_f1_gives_a_rare_class_its_full_weight():
    # Said 0 0 0 0 1 of 0 0 0 1 2: F1 of class 0 is 6/7; class 1 was said once, wrongly; class 2 never.
    outputs = np.eye(3)[[0, 0, 0, 0, 1]]
    scores = Classification().score(classified(outputs, [0, 0, 0, 1, 2]))
    assert scores["macro_f1"] == pytest.approx(6 / 7 / 3)
    assert scores["accuracy"] == pytest.approx(3 / 5)


def test_auroc_of_several_classes_is_the_mean_of_one_against_the_rest():
    given = drawn_classes(200, 4)
    theirs = roc_auc_score(given.targets, given.outputs, multi_class="ovr", average="macro")
    assert Classification().score(given)["auroc"] == pytest.approx(theirs)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_perfect_predictions(classes, dtype):
    targets = np.arange(4 * classes) % classes
    scores = Classification().score(classified(np.eye(classes)[targets], targets, dtype=dtype))
    perfect = {"accuracy": 1, "macro_f1": 1, "auroc": 1, "cross_entropy": 0, "calibration_error": 0}
    assert scores == pytest.approx(perfect, abs=1e-12)
    assert tuple(scores) == SCORES


@pytest.mark.parametrize("classes", [2, 5])
def test_knowing_nothing_costs_the_logarithm_of_the_classes(classes):
    targets = np.arange(3 * classes) % classes
    scores = Classification().score(classified(np.full((len(targets), classes), 1 / classes), targets))
    assert scores["cross_entropy"] == pytest.approx(math.log(classes))
    assert scores["auroc"] == pytest.approx(0.5)
    assert scores["calibration_error"] == pytest.approx(0)


def test_an_answer_that_is_wrong_and_certain_costs_a_finite_number():
    for dtype in (np.float32, np.float64):
        scores = Classification().score(classified([[1, 0], [1, 0]], [0, 1], dtype=dtype))
        assert scores["cross_entropy"] == pytest.approx(-math.log(2**-52) / 2)


def test_the_order_of_the_examples_does_not_matter():
    given = drawn_classes(60, 3)
    shuffled = rows(given, np.random.default_rng(1).permutation(60))
    assert Classification().score(shuffled) == pytest.approx(Classification().score(given))


def test_an_absent_class_leaves_its_metrics_undefined_and_says_which():
    given = classified([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1]], [0, 1])
    scores = Classification().score(given)
    assert {name for name in SCORES if scores[name] is None} == {"macro_f1", "auroc"}
    assert scores["accuracy"] == 1
    reasons = Classification().undefined(given, names=["cat", "dog", "emu"])
    assert reasons["auroc"] == reasons["macro_f1"] == "the test split holds no example of class emu"
    assert Classification().undefined(drawn_classes(6, 3)) == {}


def test_one_class_only_leaves_auroc_undefined():
    given = classified([[0.8, 0.2], [0.4, 0.6]], [1, 1], split="val")
    assert Classification().undefined(given)["auroc"] == "the val split holds no example of class 0"
    many = classified(np.full((1, 9), 1 / 9), [0])
    assert Classification().undefined(many)["auroc"].endswith("the classes 1, 2, 3, 4, 5 and 3 more")


def test_values_are_not_classes():
    with pytest.raises(UserError, match="choose evaluation=regression"):
        Classification().score(valued([1, 2], [1, 2]))


def test_bins_and_names_are_checked():
    with pytest.raises(ValueError, match="calibration_bins=0"):
        Classification(calibration_bins=0)
    with pytest.raises(UserError, match="3 outputs, 2 names"):
        Classification().plots(drawn_classes(3, 3), names=["a", "b"])


def test_the_plot_has_a_row_for_each_example_in_names():
    given = classified([[0.8, 0.2], [0.4, 0.6]], [1, 1])
    expected = [{"actual": "dog", "predicted": "cat"}, {"actual": "dog", "predicted": "dog"}]
    assert Classification().plots(given, names=["cat", "dog"]) == {"confusion_matrix": expected}
