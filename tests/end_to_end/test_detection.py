"""A user's own images with boxes by config alone: train, evaluate, ask about new images, export."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from groklab.files import read_json
from tests.own_files import write_boxes
from tests.programs import finish, result, train

pytestmark = pytest.mark.slow
SMALL = [
    "architecture.channels=8",
    "architecture.pyramid_channels=16",
    "architecture.stages=3",
    "architecture.levels=2",
]


def program(folder, name, *words):
    status, out, err = finish(train(folder, *words, name=name))
    assert status == 0, err
    return out


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("detection")
    overrides = write_boxes(folder / "blots", count=150)
    run = result(
        folder,
        *overrides,
        *SMALL,
        *("regularizer=[batch_norm,box_flip,box_shift]", "regularizer.box_shift.pixels=2", "optimizer=adamw"),
        *("optimizer.lr=0.01", "scheduler=one_cycle", "trainer.max_epochs=20", "trainer.batch_size=8"),
        *("trainer.weights=last", "tracking=none", "name=blots"),
    )
    return folder, run


def test_it_finds_bright_and_dark_rectangles_and_stores_scores_pictures_and_baseline(trained):
    _, run = trained
    scores = read_json(run / "metrics.json")
    assert scores["metrics"]["ap50"] > 0.9
    assert set(scores["metrics"]) == {"ap", "ap50", "ap75", "recall"}
    assert set(scores["baselines"]) == {"sliding_window"}
    pictures = {path.stem for path in (run / "pictures").iterdir()}
    assert pictures >= {"precision_recall", "ap_by_class", "boxes", "learning_curves"}
    with np.load(run / "predictions" / "test.npz") as stored:
        assert stored["outputs"].shape[1:] == (100, 6)


def test_new_images_of_any_size_are_answered_in_their_own_pixels(trained):
    folder, run = trained
    pixels = np.full((72, 96), 125, np.uint8)  # three times as large as those of training
    pixels[9:36, 6:42] = 240
    (folder / "new").mkdir()
    Image.fromarray(pixels).save(folder / "new" / "one.png")
    Image.fromarray(np.full((24, 32), 125, np.uint8)).save(folder / "new" / "none.png")
    found = list(csv.DictReader(io.StringIO(program(folder, "predict", f"run={run.name}", "input=new"))))
    best = max(found, key=lambda row: float(row["score"]))
    assert (best["file"], best["class"]) == ("one.png", "bright")
    edges = [float(best[name]) for name in ("left", "top", "right", "bottom")]
    assert np.abs(np.array(edges) - [6, 9, 42, 36]).max() < 6
    program(folder, "predict", f"run={run.name}", "input=new/one.png", "output=said")
    assert (folder / "said" / "boxes.csv").read_text().startswith("file,class,score,left,top,right,bottom\none.png,")
    with Image.open(folder / "said" / "one.png.png") as drawn:
        assert drawn.width > 500


def test_what_is_no_image_is_refused_by_name(trained):
    folder, run = trained
    (folder / "note.png").write_text("no image")
    status, _, err = finish(train(folder, f"run={run.name}", "input=note.png", name="predict"))
    assert status != 0
    assert "note.png: cannot be read as an image (no image); remove or mend it" in err


def test_the_network_with_its_suppression_is_exported_to_onnx_and_checked(trained):
    folder, run = trained
    assert "from the network" in program(folder, "export", f"run={run.name}", "output=blots.onnx")
