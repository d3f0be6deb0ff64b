"""Objects pasted on pictures."""

import numpy as np
import pytest

from groklab.data.digits_on_textures import _DIGITS, _PICTURES, DigitsOnTextures
from groklab.data.scenes import Material, SceneStyle, _readable, compose

STYLE = SceneStyle(side=64, most=4, sizes=(8, 24), contrast=(60, 100))


@pytest.fixture(scope="module")
def material():
    glyphs = np.zeros((2, 28, 28), np.uint8)
    glyphs[0, 4:24, 10:14] = 255  # a bar
    glyphs[1, 8:20, 8:20] = 255  # a square
    return Material([np.full((100, 80), 120, np.uint8)], glyphs, np.array([0, 1]))


def made(material, seed, number=40):
    return compose(material, STYLE, number=number, draw=np.random.default_rng(seed))


def test_boxes_enclose_what_differs_from_the_picture_and_nothing_else_does(material):
    x, y = made(material, 0)
    for image, boxes in zip(x[:, 0], y, strict=True):
        inside = np.zeros(image.shape, bool)
        for _, left, top, right, bottom in boxes[~np.isnan(boxes[:, 0])].astype(int):
            inside[top:bottom, left:right] = True
            piece = image[top:bottom, left:right] != 120
            assert piece[0].any() and piece[-1].any() and piece[:, 0].any() and piece[:, -1].any()
        assert (image[~inside] == 120).all()


def test_sizes_contrasts_and_numbers_are_within_the_style(material):
    x, y = made(material, 1, number=200)
    there = ~np.isnan(y[..., 0])
    boxes = y[there]
    longest = np.maximum(boxes[:, 3] - boxes[:, 1], boxes[:, 4] - boxes[:, 2])
    assert 6 <= longest.min() <= 9
    assert 20 <= longest.max() <= 24
    assert set(there.sum(axis=1)) == {1, 2, 3, 4}
    changed = np.abs(x.astype(int) - 120).reshape(len(x), -1).max(axis=1)
    assert changed.min() >= 55
    assert changed.max() <= 100
    bars, squares = (boxes[boxes[:, 0] == class_] for class_ in (0, 1))
    np.testing.assert_allclose((bars[:, 3] - bars[:, 1]) / (bars[:, 4] - bars[:, 2]), 0.2, atol=0.1)
    np.testing.assert_array_equal(squares[:, 3] - squares[:, 1], squares[:, 4] - squares[:, 2])


def test_a_grey_can_be_read_where_a_tenth_of_what_is_in_and_around_the_box_is_alike():
    canvas = np.full((40, 40), 100, np.uint8)
    canvas[7:11, 7:17] = 200  # 40 of the 20 x 20 pixels in and around the box
    box = (10, 10, 24, 24)
    assert _readable(canvas, box, 200)
    assert _readable(canvas, box, 148)
    assert not _readable(canvas, box, 147)
    canvas[11, 7] = 200
    assert not _readable(canvas, box, 200)


def test_an_object_that_could_be_read_nowhere_is_left_out(material):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64)).astype(np.uint8)  # 19 % is within 48 of black or white
    _, y = compose(
        Material([noise], material.glyphs, material.classes), STYLE, number=40, draw=np.random.default_rng(0)
    )
    assert np.isnan(y).all()


def test_boxes_keep_their_distance(material):
    for boxes in made(material, 2, number=100)[1]:
        known = boxes[~np.isnan(boxes[:, 0]), 1:]
        for number, box in enumerate(known):
            for other in known[:number]:
                gap = np.maximum(np.maximum(box[:2] - other[2:], other[:2] - box[2:]), -99)
                assert gap.max() >= 2


def test_a_seed_gives_the_same_scenes_and_another_gives_others(material):
    first, again, other = made(material, 3), made(material, 3), made(material, 4)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert (first[0] != other[0]).any()


def test_parts_share_neither_photographs_nor_digits():
    known = [set(of.values()) for of in _PICTURES.values()]
    assert sum(map(len, known)) == len(set().union(*known)) == 17
    edges = sorted(_DIGITS.values())
    assert [edge for pair in edges for edge in pair] == [0, 70, 70, 80, 80, 100]


def test_scenes_of_digits_are_composed_as_the_config_says():
    raw = DigitsOnTextures(
        name="scenes", shape=[1, 128, 128], num_features=16384, num_outputs=10, num_scenes=[6, 3, 4]
    ).load()
    assert raw.x.shape == (13, 1, 128, 128)
    assert raw.split.tolist() == ["train"] * 6 + ["val"] * 3 + ["test"] * 4
    assert raw.rules[0].startswith("Semi-synthetic")
    assert np.nanmax(raw.y[..., 0]) <= 9
    again = DigitsOnTextures(
        name="scenes", shape=[1, 128, 128], num_features=16384, num_outputs=10, num_scenes=[6, 3, 4]
    ).load()
    np.testing.assert_array_equal(raw.x, again.x)
