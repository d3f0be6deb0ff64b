"""A generator from config to score, pictures and files of its own."""

import json

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from tests.programs import finish, result, train

GAN = (
    *("task=generation", "loss=non_saturating", "architecture=dcgan_generator", "discriminator=dcgan"),
    *("regularizer=[batch_norm]", "regularizer@discriminator.regularizer=[r1]", "tracking=none"),
    *("architecture.channels=4", "discriminator.architecture.channels=4", "trainer.max_epochs=2"),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A working folder in which a classifier of digits is published."""
    folder = tmp_path_factory.mktemp("generation")
    result(folder, "experiment=digits_cnn", "trainer.max_epochs=2", "tracking=none", "publish=true")
    return folder


@pytest.fixture(scope="module")
def run(place):
    return result(place, "data=digits", *GAN, "evaluation.classifier=digits_cnn", "name=digits_gan")


def test_the_score_names_the_classifiers_run_and_stands_beside_floor_and_baselines(place, run):
    metrics = json.loads((run / "metrics.json").read_text())
    classifier = json.loads((place / "models" / "digits_cnn" / "status.json").read_text())["run"]
    assert metrics["features"] == {"classifier": "digits_cnn", "run": classifier}
    assert set(metrics["baselines"]) == {"real_images", "class_pca", "noise"}
    scores = {"network": metrics["metrics"], **metrics["baselines"]}
    distances = {name: of["frechet_distance"] for name, of in scores.items()}
    assert distances["real_images"] == min(distances.values())
    assert distances["noise"] > distances["class_pca"]
    assert scores["real_images"]["class_coverage"] == 1
    assert scores["real_images"]["manifold_recall"] > 0.8 > scores["noise"]["manifold_recall"]


def test_pictures_show_draws_by_class_by_epoch_on_the_way_and_beside_the_data(run):
    names = {path.stem for path in (run / "pictures").glob("*.png")}
    assert {"samples", "interpolations", "nearest", "samples_by_epoch", "interpolations_by_epoch", "features"} <= names
    with np.load(run / "samples.npz") as kept:
        assert kept["epochs"].tolist() == [1, 2]
        assert kept["images"].shape == (2, 10, 1, 8, 8)
        assert kept["arcs"].shape == (2, 9, 1, 8, 8)


def test_the_same_command_asked_again_scores_nothing_new(place, run):
    before = (run / "metrics.json").stat().st_mtime_ns
    assert result(place, "data=digits", *GAN, "evaluation.classifier=digits_cnn", "name=digits_gan") == run
    assert (run / "metrics.json").stat().st_mtime_ns == before


def draw(place, run, *words):
    return finish(train(place, f"run={run.name}", *words, name="predict"))


def test_images_are_drawn_into_a_file_or_a_folder_the_same_of_the_same_seed(place, run):
    assert draw(place, run, "output=all.png", "number=20")[0] == 0
    assert Image.open(place / "all.png").size == (10 * 9 - 1, 2 * 9 - 1)
    for folder in ("first", "again"):
        assert draw(place, run, f"output={folder}", "number=3", "class=7", "seed=5")[0] == 0
    files = sorted((place / "first").iterdir())
    assert [path.name for path in files] == ["1-7.png", "2-7.png", "3-7.png"]
    assert all(path.read_bytes() == (place / "again" / path.name).read_bytes() for path in files)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["output=x.png", "class=ten"], "the generator knows 0, 1, 2"),
        (["number=4"], "add output=FILE.png or output=FOLDER"),
        (["input=runs"], "a generator draws without one"),
        (["output=x.png", "number=0"], "give 1 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(place, run, words, mend):
    status, _, err = draw(place, run, *words)
    assert status == 1
    assert mend in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["evaluation.classifier=nobody"], "train it first: python pipelines/train.py experiment=nobody publish=true"),
        (["data=mnist5k", "evaluation.classifier=digits_cnn"], "name a classifier of such images"),
    ],
)
def test_a_classifier_that_is_missing_or_of_other_images_is_refused_before_training(place, words, mend):
    status, _, err = finish(train(place, "data=digits", *GAN, *words))
    assert status == 1
    assert mend in err
    assert "epoch" not in err


@pytest.mark.parametrize("classes", ["true", "false"])
def test_own_images_with_and_without_classes(tmp_path, classes):
    digits = load_digits()
    for row, (pixels, label) in enumerate(zip(digits.images[:120], digits.target[:120] % 3, strict=True)):
        folder = tmp_path / "images" / f"class{label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray((pixels * 15).astype(np.uint8)).save(folder / f"{row}.png")
    own = ("data=image_folder", "data.path=images", "data.size=[12,8]", "data.channels=1", f"data.classes={classes}")
    run = result(tmp_path, *own, *GAN)
    config = (run / "config.yaml").read_text()
    assert f"num_classes: {3 if classes == 'true' else 1}" in config
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["metrics"]["frechet_distance"] > metrics["baselines"]["real_images"]["frechet_distance"]
    assert "no classifier" in metrics["undefined"]["class_coverage"]
    assert draw(tmp_path, run, "output=drawn.png", "number=6")[0] == 0
