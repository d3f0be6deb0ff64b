"""Whole images, and a user's own files."""

import numpy as np
import pytest
import torch
from PIL import Image

from groklab.answering.image_output import enlarge_files
from groklab.answering.super_resolution import enlarged, reach
from groklab.architectures.srcnn import SRCNN
from groklab.architectures.srresnet import SRResNet
from groklab.errors import UserError
from tests.architectures.test_enlarging import taught

DRAW = np.random.default_rng(0)
PIXELS = DRAW.integers(0, 256, (6, 7, 3), np.uint8)


def threefold(pixels):
    return pixels.repeat(3, axis=1).repeat(3, axis=2)


@pytest.mark.parametrize(
    "make", [lambda: SRResNet([3, 8, 8], scale=3, channels=4), lambda: SRCNN([3, 8, 8], scale=3, channels=[4, 4])]
)
def test_tiles_leave_no_seam(make):
    model, image = taught(make()), DRAW.integers(0, 256, (3, 50, 37)).astype(np.float32)
    whole = enlarged(model, image, 3, tile=64)
    in_tiles = enlarged(model, image, 3, tile=11)
    assert np.abs(whole.astype(int) - in_tiles).max() <= 1  # the order of a sum may tip a half
    assert (whole == in_tiles).mean() > 0.999
    with torch.inference_mode():
        said = model(torch.from_numpy(image)[None])[0].clamp(0, 255)
    assert np.abs(whole - said.numpy()).max() <= 0.51


def test_a_network_of_five_3x3_convolutions_after_another_reaches_seven_pixels():
    assert reach(SRResNet([3, 8, 8], scale=2, channels=4, blocks=1)) == 2 + 4


def write(folder, name, image):
    Image.fromarray(image.squeeze()).save(folder / name)
    return folder / name


def test_a_file_becomes_a_png_of_the_same_pixels_larger(tmp_path):
    said = enlarge_files(write(tmp_path, "a.bmp", PIXELS), tmp_path / "large.png", threefold, 3)
    assert said == f"{tmp_path / 'large.png'} 21x18\n"
    found = np.asarray(Image.open(tmp_path / "large.png"))
    np.testing.assert_array_equal(found, PIXELS.repeat(3, axis=0).repeat(3, axis=1))


def test_grey_stays_grey_and_what_is_transparent_stays_so(tmp_path):
    write(tmp_path, "grey.png", PIXELS[:, :, 0])
    alpha = np.full((6, 7, 1), 255, np.uint8)
    alpha[:, :3] = 0
    write(tmp_path, "clear.png", np.concatenate([PIXELS, alpha], axis=2))
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", "colour.jpg", PIXELS)
    (tmp_path / "notes.txt").write_text("no image")
    assert len(enlarge_files(tmp_path, tmp_path / "out", threefold, 3).splitlines()) == 3
    grey, clear, colour = (Image.open(tmp_path / "out" / f"{name}.png") for name in ("grey", "clear", "in/colour"))
    assert (grey.mode, clear.mode, colour.mode) == ("L", "RGBA", "RGB")
    assert {image.size for image in (grey, clear, colour)} == {(21, 18)}
    cover = np.asarray(clear)[:, :, 3]
    assert (cover[:, :6] == 0).all() and (cover[:, -9:] == 255).all()


@pytest.mark.parametrize(
    ("name", "output", "mend"),
    [
        ("a.png", None, "add output=FILE"),
        ("missing.png", "x.png", "does not exist"),
        ("a.png", "x.csv", "give FOLDER or FILE.png"),
        (".", "x.png", "give FOLDER"),
        ("broken.png", "x.png", "cannot be read as an image"),
        ("empty", "x", "holds no image"),
        ("twins", "x", "would become"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_mend(tmp_path, name, output, mend):
    write(tmp_path, "a.png", PIXELS)
    for folder in ("empty", "twins"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "twins", "a.png", PIXELS)
    write(tmp_path / "twins", "a.bmp", PIXELS)
    (tmp_path / "broken.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    with pytest.raises(UserError, match=mend):
        enlarge_files(tmp_path / name, tmp_path / output if output else None, threefold, 3)
