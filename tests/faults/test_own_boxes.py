"""Boxes of the user's own: false, of no class, copied (rows 41 to 43)."""

import json
import shutil

import numpy as np
import pytest

from groklab.data.detection_folder import DetectionFolder
from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.data.media import picture, pictures
from tests.own_files import voc, write_boxes


def dataset(folder, **arguments):
    given = {"name": "own", "size": [8, 8], "val_fraction": 0.2, "test_fraction": 0.2, **arguments}
    return DetectionFolder(path=str(folder), **given)


@pytest.fixture
def own(tmp_path):
    """20 images, each with a box of its own."""
    pictures(tmp_path / "own", 20)
    for number in range(20):
        boxes = [("cat" if number % 2 else "dog", 1, 1, 4, 4 + number % 5)]
        (tmp_path / "own" / f"{number:03}.xml").write_text(voc(f"{number:03}.png", (8, 8), boxes))
    return tmp_path / "own"


def notes(folder, number, boxes, size=(8, 8), image=None):
    (folder / f"{number:03}.xml").write_text(voc(image or f"{number:03}.png", size, boxes))


def half_an_image(folder):
    content = (folder / "003.png").read_bytes()
    (folder / "003.png").write_bytes(content[: len(content) // 2])


def half_of_the_annotations(folder):
    (folder / "003.xml").write_text((folder / "003.xml").read_text()[:60])


def no_image(folder):
    (folder / "003.png").unlink()


FAULTS = {
    "outside": (lambda own: notes(own, 3, [("cat", 1, 1, 12, 4)]), r"003\.xml \(003\.png: box 0 .* lies outside"),
    "no area": (lambda own: notes(own, 3, [("cat", 2, 2, 2, 4)]), r"003\.xml \(003\.png: box 0 .* has no area"),
    "other size": (lambda own: notes(own, 3, [], (16, 8)), r"003\.png \(its annotations are for 16x8 pixels"),
    "truncated image": (half_an_image, r"003\.png \("),
    "truncated annotations": (half_of_the_annotations, r"003\.xml \(no XML"),
    "missing image": (no_image, r"003\.xml \(its image 003\.png is missing\)"),
    "empty": (lambda own: (own / "003.png").write_bytes(b""), r"003\.png \(empty\)"),
    "no image": (lambda own: (own / "003.png").write_text("a note"), r"003\.png \(no image\)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_used_is_refused_with_its_file_and_the_mend(own, fault):
    damage, why = FAULTS[fault]
    damage(own)
    with pytest.raises(UserError, match=rf"1 annotations or images cannot be used, .*{why}.*data\.on_error=skip"):
        dataset(own).load()


@pytest.mark.parametrize("fault", FAULTS)
def test_or_left_out_and_named_in_the_card(own, tmp_path, fault):
    damage, _ = FAULTS[fault]
    damage(own)
    card = prepare(dataset(own, on_error="skip"), tmp_path / "prepared")
    (rule,) = [rule for rule in card.cleaning["rules"] if rule.startswith("What cannot be used")]
    assert "(1): 003." in rule
    assert card.cleaning["rows_in"] == (20 if fault in ("outside", "no area") else 19)  # of these the box alone


def test_an_unknown_class_is_refused_with_those_that_are_known(own):
    notes(own, 3, [("cow", 1, 1, 4, 4)])
    with pytest.raises(UserError, match=r"003\.png: box 0 \(cow .*is of no class in data\.class_names \(cat, dog\)"):
        dataset(own, class_names=["cat", "dog"]).load()


def test_a_class_without_a_box_is_named(own):
    with pytest.raises(UserError, match=r"no box is of class 'cow'; draw some, or take it out of data\.class_names"):
        dataset(own, class_names=["cat", "dog", "cow"]).load()


def test_a_class_that_training_would_never_see_is_named(own, tmp_path):
    for part, numbers in (("train", range(10)), ("val", range(10, 15)), ("test", range(15, 20))):
        (own / part).mkdir()
        for number in numbers:
            shutil.move(own / f"{number:03}.png", own / part)
            shutil.move(own / f"{number:03}.xml", own / part)
    notes(own / "test", 15, [("cow", 1, 1, 4, 4)])
    with pytest.raises(UserError, match="the training part has no box of class 'cow'"):
        prepare(dataset(own, val_fraction=None, test_fraction=None), tmp_path / "prepared")


def test_ten_copies_across_the_parts_are_all_found(tmp_path):
    for part, seed in (("train", 0), ("val", 1), ("test", 2)):
        pictures(tmp_path / "own" / part, 12, seed=seed)
        for number in range(12):
            notes(tmp_path / "own" / part, number, [("cat", 1, 1, 4, 4)])
    for number in range(10):
        shutil.copy(tmp_path / "own" / "train" / f"{number:03}.png", tmp_path / "own" / "test" / f"{number:03}.png")
    with pytest.raises(UserError, match=r"10 images of test are also in train: test/000\.png, .*; remove them"):
        dataset(tmp_path / "own", val_fraction=None, test_fraction=None).load()


def test_copies_in_a_folder_without_parts_never_come_apart(own, tmp_path):
    for number in range(10):
        picture(number).save(own / f"copy{number}.png")
        (own / f"copy{number}.xml").write_text(voc(f"copy{number}.png", (8, 8), [("cat", 2, 2, 6, 6)]))
    card = prepare(dataset(own), tmp_path / "prepared")
    keys = [set(np.load(tmp_path / "prepared" / part / "keys.npy").tolist()) for part in ("train", "val", "test")]
    assert not keys[0] & keys[1] | keys[0] & keys[2] | keys[1] & keys[2]
    assert card.cleaning["rows_out"] == 30  # the same image with other boxes is no duplicate


def test_both_forms_none_or_two_files_of_coco_are_refused(own, tmp_path):
    listed = json.dumps({"images": [{"id": 1, "file_name": "000.png"}], "annotations": [], "categories": []})
    (own / "notes.json").write_text('{"by": "hand"}')  # of no concern
    assert len(dataset(own).load().x) == 20
    (own / "a.json").write_text(listed)
    with pytest.raises(UserError, match=r"holds annotations twice, 000\.xml and a\.json; keep one form"):
        dataset(own).load()
    for path in own.glob("*.xml"):
        path.unlink()
    (own / "b.json").write_text(listed)
    with pytest.raises(UserError, match=r"several files of COCO \(a\.json, b\.json\); put each in a folder"):
        dataset(own).load()
    pictures(tmp_path / "bare", 3)
    with pytest.raises(UserError, match="holds no annotations; give one XML file of Pascal VOC an image, or"):
        dataset(tmp_path / "bare").load()


def test_data_without_any_box_are_refused(tmp_path):
    write_boxes(tmp_path / "blots", count=3)
    for path in (tmp_path / "blots").glob("*.xml"):
        path.write_text(voc(f"{path.stem}.png", (32, 24), []))
    with pytest.raises(UserError, match="no image has a box; draw some"):
        dataset(tmp_path / "blots").load()
