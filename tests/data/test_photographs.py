"""Photographs beside themselves made smaller: embedded, as their YAML says, and what any pairs must be."""

import numpy as np
import pytest
from PIL import Image

from groklab.data.image_pairs import ImagePairs, in_one_array, pieces
from groklab.data.photograph_folder import PhotographFolder
from groklab.data.prepare import prepare
from groklab.data.reduction import reduce
from groklab.errors import UserError
from groklab.layers.canvas import off_canvas, on_canvas
from tests.data.sets import raw
from tests.data.shipped import Shipped


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GROKLAB_MIRROR", raising=False)
        found = Shipped("photographs", tmp_path_factory.mktemp("photographs") / "photographs")
        assert len(found.raw.x)
    return found


def test_the_parts_are_2_and_4_of_14_photographs(shipped):
    assert len(shipped.raw.x) == 14
    assert shipped.card.counts["test"] == 4  # round(14 * 0.3); of the rest round(14 * 0.15) are for validation
    assert shipped.card.counts["train"] > 2 * shipped.card.counts["val"] > 0
    assert sum((image[0] == image[2]).all() for image in shipped.raw.x) == 7  # grey


def test_every_input_is_the_reduced_truth(shipped):
    """Of a whole photograph: what is left of the truth is larger by the scale, but for an edge of 3 pixels."""
    for small, large in zip(*(off_canvas(shipped.array("test", name)) for name in ("x", "y")), strict=True):
        assert large.shape[1:] == tuple(3 * size - 6 for size in small.shape[1:])
    (place,) = (
        (image, small)
        for image in shipped.raw.x
        for small in off_canvas(shipped.array("test", "x"))
        if image.shape[1:] == (300, 451) and small.shape[1:] == (100, 150)
    )
    np.testing.assert_array_equal(reduce(place[0][:, :, :450], 3), place[1])


def test_grey_stays_grey_when_it_is_standardized(shipped):
    assert np.shape(shipped.card.statistics["x_mean"]) == (1, 1, 1)


class Noise(ImagePairs):
    licence = "CC0-1.0"
    citation = "made for a test"
    sizes = ((31, 40), (26, 27), (60, 44), (33, 33), (48, 48))

    def load(self):
        draw = np.random.default_rng(0)
        images = [draw.integers(0, 256, (3, *size), np.uint8) for size in self.sizes]
        return raw(in_one_array(images), np.zeros(len(images), np.int64))


def noise(**changed):
    given = {"name": "noise", "shape": [3, 8, 8], "num_features": 192, "num_outputs": 3, "scale": 2, "stride": 4}
    return Noise(**{**given, "val_fraction": 0.2, "test_fraction": 0.2, **changed})


def test_no_photograph_is_in_two_parts(tmp_path):
    made = noise()
    assert prepare(made, tmp_path / "noise").counts["test"] == 1
    arrays = {part: np.load(tmp_path / "noise" / part / "y.npy") for part in ("train", "val", "test")}
    images = [image[:, : image.shape[1] // 2 * 2, : image.shape[2] // 2 * 2] for image in made.load().x]

    def holds(image, piece):
        windows = np.lib.stride_tricks.sliding_window_view(image, piece.shape)
        return bool((windows == piece).all(axis=(3, 4, 5)).any())

    of = {
        part: [i for i, image in enumerate(images) if holds(image, y[-1].astype(int)[:, :4, :4])]
        for part, y in arrays.items()
    }
    assert sorted(len(found) for found in of.values()) == [1, 1, 1]
    assert len({found[0] for found in of.values()}) == 3


def test_pieces_reach_every_edge_and_lie_where_the_truth_does():
    large = np.arange(3 * 20 * 26).reshape(3, 20, 26)
    small = large[:, ::2, ::2]
    x, y = pieces(small, large, (4, 4), stride=3)
    # 10 rows: from 0 to 6 in steps of at most 3; 13 columns: from 0 to 9
    assert x.shape == (3 * 4, 3, 4, 4) and y.shape == (12, 3, 8, 8)
    np.testing.assert_array_equal(y[:, :, ::2, ::2], x)
    assert {int(small[0, 0, 0]), int(small[2, 9, 12])} <= set(x[:, 0, 0, 0]) | set(x[:, 2, 3, 3])
    assert set(small.ravel()) == set(x.ravel())


def test_images_of_any_size_come_off_the_canvas_as_they_went_on():
    draw = np.random.default_rng(0)
    images = [draw.random((3, *size)).astype(np.float32) for size in ((4, 7), (9, 2), (1, 1))]
    canvas = on_canvas(images)
    assert canvas.shape == (3, 3, 9, 7)
    for image, found in zip(images, off_canvas(canvas), strict=True):
        np.testing.assert_array_equal(found, image)


def test_photographs_smaller_than_a_piece_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"no photograph of the \w+ part has 80 x 80 pixels.*smaller shape"):
        prepare(noise(shape=[3, 40, 40], num_features=4800), tmp_path / "noise")


@pytest.mark.parametrize("wrong", [{"scale": 1}, {"shape": [64, 64], "num_features": 4096}, {"num_outputs": 1}])
def test_arguments_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match=r"scale|shape"):
        noise(**wrong)


def test_a_folder_of_ones_own_photographs_is_prepared_with_grey_ones_in_colour(tmp_path):
    draw, folder = np.random.default_rng(0), tmp_path / "own"
    (folder / "deep").mkdir(parents=True)
    for number in range(6):
        pixels = draw.integers(0, 256, (40, 50 + number) if number % 2 else (40, 50, 3), np.uint8)
        Image.fromarray(pixels).save(folder / ("deep" if number > 3 else "") / f"{number}.png")
    (folder / "notes.txt").write_text("no image")
    given = {"name": "own", "path": str(folder), "shape": [3, 8, 8], "num_features": 192, "num_outputs": 3, "scale": 2}
    made = PhotographFolder(**given, stride=8, val_fraction=0.2, test_fraction=0.2)
    assert [image.shape for image in made.load().x] == [
        (3, 40, 50), (3, 40, 51), (3, 40, 50), (3, 40, 53), (3, 40, 50), (3, 40, 55),
    ]  # fmt: skip
    assert prepare(made, tmp_path / "prepared").counts["test"] == 1
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no more")
    with pytest.raises(UserError, match=r"broken\.jpg: cannot be read.*on_error=skip"):
        made.load()
    made.on_error = "skip"
    assert any("broken.jpg" in rule for rule in made.load().rules)
