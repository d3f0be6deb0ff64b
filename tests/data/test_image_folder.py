import shutil

import numpy as np
import pytest
from PIL import Image

from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.data.media import image_folder, picture, pictures


@pytest.fixture
def flowers(tmp_path):
    for seed, label in enumerate(("rose", "tulip")):
        pictures(tmp_path / "flowers" / label, 10, seed=seed)
    return tmp_path / "flowers"


@pytest.fixture
def parted(tmp_path):
    for part, num in (("train", 20), ("test", 5)):
        for label in ("rose", "tulip"):
            pictures(tmp_path / "parted" / part / label, num, seed=100 * len(part) + len(label))
    return tmp_path / "parted"


def one(folder, image, name="one.png", **arguments):
    (folder / "a").mkdir(parents=True, exist_ok=True)
    image.save(folder / "a" / name)
    return image_folder(folder, **arguments).load()


def test_classes_are_folders_in_the_order_of_their_names(flowers):
    raw = image_folder(flowers).load()
    assert raw.x.shape == (20, 3, 8, 8)
    assert raw.x.dtype == np.uint8
    assert list(raw.class_names) == ["rose", "tulip"]
    np.testing.assert_array_equal(raw.y, [0] * 10 + [1] * 10)
    np.testing.assert_array_equal(raw.x[3].transpose(1, 2, 0), np.asarray(picture(3)))


def test_deeper_files_belong_to_the_class_and_hidden_ones_to_nothing(flowers):
    pictures(flowers / "rose" / "garden" / "wild", 2, seed=7)
    pictures(flowers / "rose" / ".thumbnails", 3, seed=8)
    pictures(flowers / ".git", 3, seed=9)
    (flowers / "rose" / "notes.txt").write_text("thorns")
    raw = image_folder(flowers).load()
    assert np.bincount(raw.y).tolist() == [12, 10]
    assert "Files that are no images by their names are left out (1)." in raw.rules


def test_grey_is_one_channel(flowers):
    raw = image_folder(flowers, channels=1).load()
    assert raw.x.shape == (20, 1, 8, 8)


def test_an_image_half_black_half_white_is_so_after_resizing(tmp_path):
    image = Image.new("RGB", (40, 20), "black")
    image.paste("white", (20, 0, 40, 20))
    x = one(tmp_path, image, size=[4, 2]).x  # height 4, width 2
    assert x.shape == (1, 3, 4, 2)
    assert x[..., 0].max() < 64 < 192 < x[..., 1].min()


def test_exif_orientation_is_applied(tmp_path):
    image = Image.new("RGB", (8, 8), "black")
    image.paste("white", (0, 0, 8, 4))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    (tmp_path / "a").mkdir()
    image.save(tmp_path / "a" / "one.png", exif=exif)
    raw = image_folder(tmp_path).load()
    assert raw.x[0, :, :4].max() == 0
    assert raw.x[0, :, 4:].min() == 255
    assert "Images are turned as their EXIF orientation says (1)." in raw.rules


def test_transparency_is_white_and_of_16_bits_8_are_kept(tmp_path):
    raw = one(tmp_path / "clear", Image.new("RGBA", (8, 8), (255, 0, 0, 0)))
    assert (raw.x == 255).all()
    assert "Transparent pixels are laid on white (1)." in raw.rules
    deep = Image.fromarray(np.full((8, 8), 0x8FFF, np.uint16))
    assert (one(tmp_path / "deep", deep).x == 0x8F).all()


def test_32_bits_a_pixel_are_refused(tmp_path):
    image = Image.fromarray(np.full((8, 8), 0.5, np.float32))
    with pytest.raises(UserError, match="32 bits a pixel"):
        one(tmp_path, image, "one.tif")


def test_too_many_pixels_are_refused_unseen(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for side in (12, 30):  # more than 100, more than 200: Pillow warns of the one and refuses the other
        with pytest.raises(UserError, match="more than 100 pixels"):
            one(tmp_path, Image.new("RGB", (side, side)))


def test_fixed_parts_are_kept_and_validation_drawn_from_training(parted, tmp_path):
    card = prepare(image_folder(parted, val_fraction=0.25, test_fraction=None), tmp_path / "own")
    assert card.counts == {"train": 30, "val": 10, "test": 10}


def test_three_fixed_parts_are_all_kept(parted, tmp_path):
    for seed, label in enumerate(("rose", "tulip")):
        pictures(parted / "val" / label, 3, seed=2000 + seed)
    card = prepare(image_folder(parted, val_fraction=None, test_fraction=None), tmp_path / "own")
    assert card.counts == {"train": 40, "val": 6, "test": 10}


def test_a_part_is_a_folder_or_a_fraction_and_not_both(parted, flowers):
    with pytest.raises(UserError, match=r"set data.test_fraction=null, for test/ is that part$"):
        image_folder(parted).load()
    with pytest.raises(UserError, match=r"set data.val_fraction=0.16, for there is no folder val/$"):
        image_folder(flowers, val_fraction=None).load()


def test_a_class_that_a_fixed_part_lacks_is_named(parted, tmp_path):
    shutil.rmtree(parted / "test" / "rose")
    with pytest.raises(UserError, match="the test part, which the data fix, has no example of class 'rose'"):
        prepare(image_folder(parted, test_fraction=None), tmp_path / "own")


def test_an_empty_class_is_named(flowers):
    (flowers / "lily").mkdir()
    with pytest.raises(UserError, match="flowers/lily: holds no image; add some"):
        image_folder(flowers).load()


def test_a_class_of_one_image_is_named(flowers, tmp_path):
    pictures(flowers / "lily", 1, seed=5)
    with pytest.raises(UserError, match=r"class 'lily' must have at least 3 examples .* has 1"):
        prepare(image_folder(flowers), tmp_path / "own")


def test_what_is_no_folder_of_classes_is_refused(tmp_path):
    path = pictures(tmp_path / "loose", 1)[0]
    with pytest.raises(UserError, match="loose: holds no folder; put the images of each class in one"):
        image_folder(tmp_path / "loose").load()
    with pytest.raises(UserError, match="is no folder"):
        image_folder(path).load()
    with pytest.raises(UserError, match="does not exist"):
        image_folder(tmp_path / "flwoers").load()


@pytest.mark.parametrize("size", [[8], [8, 8, 3], [0, 8]])
def test_a_size_is_height_and_width(tmp_path, size):
    with pytest.raises(ValueError, match="size="):
        image_folder(tmp_path, size=size)


def test_new_images_are_read_as_those_of_training_were(flowers):
    dataset = image_folder(flowers)
    raw = dataset.load()
    x, names = dataset.read_inputs(flowers / "tulip")
    np.testing.assert_array_equal(x, raw.x[10:])
    assert names[:2] == ["000.png", "001.png"]
    x, names = dataset.read_inputs(flowers / "rose" / "004.png")
    np.testing.assert_array_equal(x, raw.x[4:5])
    assert names == ["004.png"]


def test_a_folder_without_images_has_nothing_to_predict(flowers, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(UserError, match=r"none: holds no image; names end in .bmp"):
        image_folder(flowers).read_inputs(tmp_path / "none")
