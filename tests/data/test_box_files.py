"""Annotations as Pascal VOC and COCO write them."""

import json

import pytest

from groklab.data.box_notes import Box, BoxNotes, check_boxes
from groklab.data.coco import read_coco
from groklab.data.file_tree import Unreadable
from groklab.data.voc import read_voc
from tests.own_files import voc


def coco(images, annotations, categories=({"id": 3, "name": "cat"}, {"id": 7, "name": "dog"})):
    return json.dumps(
        {"images": list(images), "annotations": list(annotations), "categories": list(categories)}
    ).encode()


IMAGE = {"id": 1, "file_name": "a.jpg", "width": 20, "height": 10}


def test_voc_counts_pixels_from_1_and_names_the_last():
    notes = read_voc(voc("a.jpg", (20, 10), [("cat", 1, 1, 20, 10), ("dog", 5, 2, 6, 4)]).encode())
    assert notes.image == "a.jpg"
    assert notes.size == (20, 10)
    assert list(notes.boxes) == [Box("cat", 0, 0, 20, 10), Box("dog", 4, 1, 6, 4)]


def test_a_program_that_counts_from_0_is_understood_and_a_click_stays_without_an_area():
    notes = read_voc(voc("a.jpg", (20, 10), [("cat", 0, 0, 5, 5), ("cat", 7, 7, 7, 7)]).encode())
    assert notes.boxes[0] == Box("cat", 0, 0, 5, 5)
    assert check_boxes(notes, (20, 10), None).faults == ["box 1 (cat at 7, 7, 7, 7) has no area"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<annotation><object>", "no XML"),
        (b"<html></html>", "its outermost element is <html>"),
        (b"<annotation><object><bndbox/></object></annotation>", "object 0 has no name"),
        (b"<annotation><object><name>cat</name></object></annotation>", r"object 0 \(cat\) has no bndbox"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><annotation/>', "declares entities"),
        (voc("a.jpg", (2, 2), [("cat", "one", 1, 2, 2)]).encode(), r"has no number xmin \('one'\)"),
    ],
)
def test_xml_that_is_no_voc_is_refused_with_the_reason(content, why):
    with pytest.raises(Unreadable, match=why):
        read_voc(content)


def test_coco_gives_left_top_width_height_of_every_image_it_lists():
    other = {"id": 2, "file_name": "b.jpg"}
    found = read_coco(
        coco(
            [IMAGE, other],
            [
                {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4], "iscrowd": 0},
                {"image_id": 1, "category_id": 3, "bbox": [0, 0, 9, 9], "iscrowd": 1},
            ],
        )
    )
    assert [notes.image for notes in found] == ["a.jpg", "b.jpg"]
    assert list(found[0].boxes) == [Box("dog", 1, 2, 4, 6)]
    assert (found[0].num_crowds, found[0].size, found[1].size) == (1, (20, 10), None)
    assert list(found[1].boxes) == []


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[]", "no annotations of COCO"),
        (b"{", "no annotations of COCO"),
        (coco([IMAGE], [{"image_id": 2, "category_id": 3, "bbox": [0, 0, 1, 1]}]), "is of image_id 2"),
        (coco([IMAGE], [{"image_id": 1, "category_id": 4, "bbox": [0, 0, 1, 1]}]), "is of category_id 4"),
        (coco([IMAGE], [{"image_id": 1, "category_id": 3, "bbox": [0, 0, 1]}]), "annotation 0 .* has no box"),
        (coco([IMAGE], [{"image_id": 1, "bbox": [0, 0, 1, 1]}]), "annotation 0 .* lacks 'category_id'"),
        (coco([IMAGE, IMAGE], []), "lists an image twice"),
    ],
)
def test_json_that_is_no_coco_is_refused_with_the_reason(content, why):
    with pytest.raises(Unreadable, match=why):
        read_coco(content)


def test_boxes_that_cannot_be_true_are_told_from_those_that_rounding_moved():
    boxes = [
        Box("cat", -0.5, 0, 5, 10.9),
        Box("cat", 5, 5, 5, 9),
        Box("cat", 5, 5, 22, 9),
        Box("cow", 1, 1, 2, 2),
        Box("cat", float("nan"), 1, 2, 2),
    ]
    found = check_boxes(BoxNotes("a.jpg", (20, 10), boxes), (20, 10), ["cat"])
    assert found.boxes == [Box("cat", 0, 0, 5, 10)]
    assert found.num_cut == 1
    assert [fault.split(") ", 1)[1] for fault in found.faults] == [
        "has no area",
        "lies outside of the image of 20x10",
        "is of no class in data.class_names (cat)",
        "has no area",
    ]


def test_an_image_of_another_size_than_its_annotations_say_is_not_trusted():
    with pytest.raises(Unreadable, match="its annotations are for 20x10 pixels, the image has 10x20"):
        check_boxes(BoxNotes("a.jpg", (20, 10), []), (10, 20), None)
