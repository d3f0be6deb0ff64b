import numpy as np
import pytest

from groklab.evaluation.detection import Detection
from groklab.evaluation.predictions import Predictions
from groklab.layers.average_precision import average_precision

NAN = np.nan
BOX = (0, 0, 10, 10)


def rows(images, width):
    """Rows of several images, padded."""
    padded = np.full((len(images), max(1, *map(len, images)), width), NAN, np.float32)
    for image, of in enumerate(images):
        for row, values in enumerate(of):
            padded[image, row] = values
    return padded


def predictions(said, there):
    keys = np.array([f"{number:064d}" for number in range(len(there))], "S64")
    return Predictions(rows(said, 6), rows(there, 5), keys=keys, split="test", kind="detection")


def test_average_precision_of_three_boxes_of_which_two_are_found():
    # By score: found, wrong, found. Precision is 1 up to a recall of 1/3, 2/3 up to 2/3, then 0: of 101 recalls
    # 34 (0.00 to 0.33) have precision 1 and 33 (0.34 to 0.66) have 2/3.
    given = predictions(
        said=[[(0, 0.9, *BOX), (0, 0.8, 50, 50, 60, 60)], [(0, 0.7, *BOX)]],
        there=[[(0, *BOX), (0, 20, 20, 30, 30)], [(0, *BOX)]],
    )
    scores = Detection().score(given)
    assert scores == pytest.approx({"ap": 56 / 101, "ap50": 56 / 101, "ap75": 56 / 101, "recall": 2 / 3})


def test_a_box_that_is_two_thirds_right_counts_up_to_an_iou_of_065():
    given = predictions(said=[[(0, 0.9, 2, 0, 12, 10)]], there=[[(0, *BOX)]])  # IoU 80 / 120
    assert Detection().score(given) == pytest.approx({"ap": 0.4, "ap50": 1.0, "ap75": 0.0, "recall": 0.4})


def test_a_box_is_found_once_and_only_by_its_class():
    twice = predictions(said=[[(0, 0.9, *BOX), (0, 0.8, *BOX)]], there=[[(0, *BOX), (0, 20, 20, 30, 30)]])
    assert Detection().score(twice)["ap50"] == pytest.approx(51 / 101)  # recall 1/2 and no more
    other = predictions(said=[[(1, 0.9, *BOX)]], there=[[(0, *BOX)]])
    assert Detection().score(other)["ap50"] == 0


def test_a_class_without_a_box_is_in_no_mean_and_stands_empty_in_the_plot():
    given = predictions(said=[[(0, 0.9, *BOX), (1, 0.9, *BOX)]], there=[[(0, *BOX), (2, 20, 20, 30, 30)]])
    evaluation = Detection()
    assert evaluation.score(given)["ap50"] == pytest.approx(0.5)  # of classes 0 and 2
    by_class = evaluation.plots(given, names=["a", "b", "c"])["ap_by_class"]
    assert [(row["class"], row["boxes"], row["ap50"]) for row in by_class] == [
        ("a", 1, 1.0),
        ("b", 0, None),
        ("c", 1, 0.0),
    ]


def test_without_any_box_everything_is_undefined_and_says_why():
    given = predictions(said=[[(0, 0.9, *BOX)]], there=[[]])
    evaluation = Detection()
    assert evaluation.score(given) == dict.fromkeys(("ap", "ap50", "ap75", "recall"))
    assert evaluation.undefined(given)["ap"] == "the test split holds no box"
    assert evaluation.pictures(given, names=None) == {}


def test_saying_nothing_is_worth_nothing():
    given = predictions(said=[[]], there=[[(0, *BOX)]])
    assert Detection().score(given)["ap"] == 0


def test_the_curve_falls_with_recall_and_pictures_are_drawn():
    given = predictions(
        said=[[(0, 0.9, *BOX), (0, 0.8, 50, 50, 60, 60)], [(0, 0.7, *BOX)]],
        there=[[(0, *BOX), (0, 20, 20, 30, 30)], [(0, *BOX)]],
    )
    found = average_precision(given.outputs, given.targets, num_classes=1)
    assert (np.diff(found.precision, axis=1) <= 0).all()
    curve = [row for row in Detection().plots(given, names=["a"])["precision_recall"] if row["iou"] == "0.50"]
    assert len(curve) == 101
    assert set(Detection().pictures(given, names=["a"])) == {"precision_recall", "ap_by_class"}
