"""A user's own images with boxes."""

import json

import numpy as np
import pytest
from PIL import Image

from groklab.data.detection_folder import DetectionFolder
from groklab.data.prepare import prepare
from groklab.data.prepared import open_prepared
from groklab.errors import UserError
from tests.data.media import picture, pictures
from tests.own_files import voc, write_boxes


def dataset(folder, **arguments):
    given = {"name": "own", "size": [8, 8], "val_fraction": 0.2, "test_fraction": 0.2, **arguments}
    return DetectionFolder(path=str(folder), **given)


def coco(folder, boxes):
    """annotations.json of the images in ``folder``, by their names."""
    images = [{"id": number, "file_name": name, "width": 8, "height": 8} for number, name in enumerate(boxes)]
    names = sorted({label for of in boxes.values() for label, *_ in of})
    annotations = [
        {"image_id": number, "category_id": names.index(label), "bbox": [left, top, right - left, bottom - top]}
        for number, of in enumerate(boxes.values())
        for label, left, top, right, bottom in of
    ]
    categories = [{"id": number, "name": name} for number, name in enumerate(names)]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(content))


def test_voc_and_coco_of_the_same_boxes_give_the_same_data(tmp_path):
    pictures(tmp_path / "voc", 6)
    pictures(tmp_path / "coco", 6)
    boxes = {
        f"{number:03}.png": [("cat", number, 1, 8, 5)] + [("dog", 0, 0, 3, 8)] * (number % 2) for number in range(6)
    }
    coco(tmp_path / "coco", boxes)
    for name, of in boxes.items():
        inclusive = [(label, left + 1, top + 1, right, bottom) for label, left, top, right, bottom in of]
        (tmp_path / "voc" / name).with_suffix(".xml").write_text(voc(name, (8, 8), inclusive))
    first, second = dataset(tmp_path / "voc").load(), dataset(tmp_path / "coco").load()
    np.testing.assert_array_equal(first.x, second.x)
    np.testing.assert_array_equal(first.y, second.y)
    assert list(first.class_names) == list(second.class_names) == ["cat", "dog"]
    assert first.y.shape == (6, 2, 5)
    assert first.y[3, 0].tolist() == [0, 3, 1, 8, 5]
    assert np.isnan(first.y[2, 1]).all()


def test_images_and_boxes_are_resized_together(tmp_path):
    Image.new("RGB", (40, 20)).save(tmp_path / "a.png")
    (tmp_path / "a.xml").write_text(voc("a.png", (40, 20), [("cat", 11, 3, 30, 12)]))
    raw = dataset(tmp_path, size=[10, 80], channels=1).load()
    assert raw.x.shape == (1, 1, 10, 80)
    assert raw.y[0, 0].tolist() == [0, 20, 1, 60, 6]


def test_annotations_may_lie_in_a_folder_of_their_own_as_in_voc(tmp_path):
    pictures(tmp_path / "JPEGImages", 2)
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations" / "000.xml").write_text(voc("000.png", (8, 8), [("cat", 1, 1, 2, 2)]))
    raw = dataset(tmp_path).load()
    assert len(raw.x) == 1
    assert "Images without annotations are left out (1)." in raw.rules


def test_an_image_is_found_by_the_name_of_its_annotations_where_theirs_is_wrong(tmp_path):
    pictures(tmp_path, 1)
    (tmp_path / "000.xml").write_text(voc("renamed.jpg", (8, 8), [("cat", 1, 1, 2, 2)]))
    assert len(dataset(tmp_path).load().x) == 1


def test_folders_of_parts_fix_the_split_and_valid_is_val(tmp_path):
    for seed, part in enumerate(("train", "valid", "test")):
        pictures(tmp_path / part, 2, seed=seed)
        coco(tmp_path / part, {"000.png": [("cat", 0, 0, 4, 4)], "001.png": []})
    raw = dataset(tmp_path, val_fraction=None, test_fraction=None).load()
    assert raw.split.tolist() == ["test"] * 2 + ["train"] * 2 + ["val"] * 2
    assert np.isnan(raw.y[1]).all()  # an image without a box is all background
    with pytest.raises(UserError, match=r"set data\.val_fraction=null"):
        dataset(tmp_path).load()


def test_a_phone_s_picture_is_turned_and_its_boxes_are_those_of_what_is_seen(tmp_path):
    image = Image.new("RGB", (40, 20))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    (tmp_path / "a.xml").write_text(voc("a.jpg", (20, 40), [("cat", 1, 1, 10, 40)]))
    raw = dataset(tmp_path, size=[40, 20]).load()
    assert raw.y[0, 0].tolist() == [0, 0, 0, 10, 40]
    assert any("EXIF" in rule for rule in raw.rules)


def test_it_is_prepared_with_boxes_counted_by_class(tmp_path):
    write_boxes(tmp_path / "blots")
    card = prepare(dataset(tmp_path / "blots", size=[24, 32], channels=1), tmp_path / "own")
    assert card.class_names == ["bright", "dark"]
    assert (card.kind, card.num_outputs, card.shape) == ("detection", 2, [1, 24, 32])
    stored = open_prepared(tmp_path / "own").open("train").y
    assert sum(card.class_counts["train"].values()) == (~np.isnan(stored[..., 0])).sum()


def test_new_images_are_read_as_those_it_was_trained_on(tmp_path):
    pictures(tmp_path, 2)
    (tmp_path / "000.xml").write_text(voc("000.png", (8, 8), [("cat", 1, 1, 2, 2)]))
    x, names = dataset(tmp_path).read_inputs(tmp_path)
    assert names == ["000.png", "001.png"]
    np.testing.assert_array_equal(x[0].transpose(1, 2, 0), np.asarray(picture(0)))
