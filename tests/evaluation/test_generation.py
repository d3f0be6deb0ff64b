import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.generation import Generation
from groklab.evaluation.image_grid import image_grid, joined_images
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.regression import Regression
from groklab.layers.manifold import coverage_of, frechet_distance


def predictions(drawn, held_out):
    keys = np.array([f"{number}" for number in range(len(held_out))])
    return Predictions(drawn, held_out, keys=keys, split="test", kind="generation")


def with_classes(features, classes):
    return np.column_stack([features, np.broadcast_to(classes, len(features))]).astype(np.float64)


def two_points(mean, width, num=1000):
    """Half of the points at mean - width, half at mean + width: mean and variance are known exactly."""
    return np.repeat([[mean - width], [mean + width]], num // 2, axis=0).astype(np.float64)


def test_the_frechet_distance_of_known_moments():
    # (mean difference)^2 + (difference of standard deviations)^2; the sample variance is width^2 n / (n - 1)
    assert frechet_distance(two_points(1, 2), two_points(4, 1)) == pytest.approx(9 + 1000 / 999, rel=1e-9)
    assert frechet_distance(two_points(1, 2), two_points(1, 2)) == pytest.approx(0, abs=1e-9)


def test_the_frechet_distance_of_normal_distributions():
    draw = np.random.default_rng(0)
    a = draw.normal(size=(200_000, 2))
    b = draw.normal(size=(200_000, 2)) * [2, 3] + [1, 0]
    assert frechet_distance(a, b) == pytest.approx(1 + 1 + 4, abs=0.1)  # |m|^2 + (2 - 1)^2 + (3 - 1)^2


def test_the_frechet_distance_does_not_turn_with_the_axes():
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(50, 4)), draw.normal(size=(60, 4)) * 2 + 1
    turn, _ = np.linalg.qr(draw.normal(size=(4, 4)))
    assert frechet_distance(a @ turn, b @ turn) == pytest.approx(frechet_distance(a, b))


def test_coverage_by_hand():
    line = np.array([[0.0], [1.0], [2.0], [10.0]])  # distance to the nearest other: 1, 1, 1, 8
    points = np.array([[-1.0], [3.5], [18.0], [18.5]])
    assert coverage_of(points, manifold=line, neighbours=1) == 0.75  # 3.5 and 18 lie within reach of 10


def test_precision_and_recall_of_the_same_and_of_disjoint_images():
    draw = np.random.default_rng(0)
    features, classes = draw.normal(size=(40, 3)), np.arange(40) % 4
    same = Generation().score(predictions(with_classes(features, classes), with_classes(features, classes)))
    assert same == pytest.approx(
        {
            "frechet_distance": 0,
            "manifold_precision": 1,
            "manifold_recall": 1,
            "class_coverage": 1,
            "diversity": 1,
        },
        abs=1e-9,
    )
    far = Generation().score(predictions(with_classes(features + 100, classes), with_classes(features, classes)))
    assert (far["manifold_precision"], far["manifold_recall"]) == (0, 0)
    assert far["frechet_distance"] == pytest.approx(3 * 100**2)


def test_one_image_again_and_again_is_precise_and_recalls_nothing():
    draw = np.random.default_rng(0)
    held_out = draw.normal(size=(40, 3))
    one = np.repeat(held_out[:1], 40, axis=0)
    values = Generation().score(predictions(with_classes(one, 0), with_classes(held_out, np.arange(40) % 4)))
    assert values["manifold_precision"] == 1
    assert values["manifold_recall"] == pytest.approx(1 / 40)
    assert values["diversity"] == pytest.approx(0)
    assert values["class_coverage"] == 0.25


def test_without_a_classifier_there_is_no_coverage_of_classes():
    given = predictions(with_classes(np.eye(6), -1), with_classes(np.eye(6), -1))
    assert Generation().score(given)["class_coverage"] is None
    assert "no classifier" in Generation().undefined(given)["class_coverage"]


def test_too_few_images_leave_the_metrics_undefined():
    given = predictions(with_classes(np.eye(3), 0), with_classes(np.eye(3), 0))
    assert set(Generation(neighbours=3).undefined(given)) >= {"frechet_distance", "manifold_recall"}


def test_pictures_and_plots_show_both():
    draw = np.random.default_rng(0)
    given = predictions(with_classes(draw.normal(size=(8, 3)), 0), with_classes(draw.normal(size=(9, 3)), 0))
    assert set(Generation().pictures(given, names=None)) == {"features"}
    rows = Generation().plots(given, names=["a", "b"])["features"]
    assert [row["image"] for row in rows].count("drawn") == 8
    assert len(rows) == 17


def test_another_evaluation_is_refused():
    given = predictions(with_classes(np.eye(6), 0), with_classes(np.eye(6), 0))
    with pytest.raises(UserError, match="choose evaluation=generation"):
        Regression().score(given)


def test_a_grid_of_images_has_a_pixel_between_two():
    images = np.zeros((2, 3, 1, 4, 5), np.uint8)
    grid = joined_images(images)
    assert grid.shape == (2 * 4 + 1, 3 * 5 + 2)
    assert (grid == 255).sum() == 3 * 5 + 2 + 2 * 8
    assert joined_images(np.zeros((1, 2, 3, 4, 5), np.uint8)).shape == (4, 11, 3)
    assert image_grid(images, "Zeros", ["a", "b"]).axes[0].get_title(loc="left") == "Zeros"
