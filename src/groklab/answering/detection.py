"""Boxes, in the pixels of the images that were asked about."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows, Shown, write_rows
from groklab.answering.trained import Trained, in_batches
from groklab.data.file_tree import Unreadable, content_of, files_in, name_in
from groklab.data.image_file import open_image
from groklab.data.image_folder import ImageFolder
from groklab.data.prepared import Arrays
from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.files import atomic_file

_BATCH = 32
_LEAST_SCORE = 0.05  # of boxes that a user is told of
_SHOWN_FROM = 0.3  # of boxes that are drawn
_COLUMNS = ("file", "class", "score", "left", "top", "right", "bottom")


class Asked(NamedTuple):
    """An image of a user's: its file, its pixels as they are, and as the network takes them."""

    path: Path
    name: str
    pixels: NDArray[np.uint8]
    small: NDArray[np.uint8]


class Detection(Answering):
    """Outputs are rows of class, score, left, top, right, bottom [n, 100, 6], the surest first, NaN for none."""

    kind = "detection"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Boxes in the pixels of the stored images."""
        return in_batches(run.model, arrays.x, size=_BATCH).astype(np.float32)

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``boxes``: what is there and what is said, in some images of the test part."""
        from groklab.evaluation.detection_pictures import boxes_picture

        names = run.prepared.card.class_names or []
        return {"boxes": boxes_picture(np.asarray(run.prepared.open("test").x), predictions, names)}, {}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """A row a box of a score from 0.05, in the pixels of ``x``."""
        classes = run.prepared.card.class_names or []
        rows: Rows = []
        for name, said in zip(names, in_batches(run.model, x, size=_BATCH), strict=True):
            for class_, score, *edges in said[said[:, 1] >= _LEAST_SCORE].tolist():
                numbers = (round(number, 4) for number in (score, *edges))
                rows.append(dict(zip(_COLUMNS, (name, classes[int(class_)], *numbers), strict=True)))
        return rows

    def answer(self, run: Trained, path: Path, output: Path | None) -> str:
        """A row a box of the image in a file, or of each in a folder, in the pixels of the user's own image.

        Where ``output`` is a folder (a name without a suffix), ``boxes.csv`` is written there, and every image with its
        boxes as PNG.

        Raises:
            UserError: A file is no image.
        """
        classes, rows = run.prepared.card.class_names or [], []
        folder = output if output is not None and not output.suffix else None
        for asked in _asked(path, run.prepared.card.shape):
            shrunk = np.array(asked.pixels.shape[:0:-1]) / np.array(asked.small.shape[:0:-1])
            said = in_batches(run.model, asked.small[None])[0]
            said[:, 2:] = np.clip(said[:, 2:] * np.tile(shrunk, 2), 0, np.tile(asked.pixels.shape[:0:-1], 2))
            for class_, score, *edges in said[said[:, 1] >= _LEAST_SCORE].tolist():
                numbers = (round(score, 4), *(round(edge, 1) for edge in edges))
                rows.append(dict(zip(_COLUMNS, (asked.name, classes[int(class_)], *numbers), strict=True)))
            if folder is not None:
                _draw(folder / f"{asked.name}.png", asked.pixels, said[said[:, 1] >= _SHOWN_FROM], classes)
        if folder is not None:
            return write_rows(rows, folder / "boxes.csv", columns=_COLUMNS)
        return write_rows(rows, output, columns=_COLUMNS)


def _asked(path: Path, shape: list[int]) -> Iterator[Asked]:
    """The image in a file, or every one in a folder."""
    if not path.exists():
        raise UserError(f"input={path}: does not exist; give an image or a folder of images")
    root = path.parent if path.is_file() else path
    paths = [path] if path.is_file() else [of for of in files_in(path) if of.suffix.lower() in ImageFolder.suffixes]
    if not paths:
        raise UserError(f"input={path}: holds no image ({', '.join(sorted(ImageFolder.suffixes))}); give one or more")
    for file in paths:
        try:
            yield Asked(file, name_in(file, root), *_pixels(content_of(file), shape))
        except (Unreadable, OSError, ValueError, SyntaxError) as error:  # Pillow raises all of them on damaged bytes
            raise UserError(f"input={file}: cannot be read as an image ({error}); remove or mend it") from error


def _pixels(content: bytes, shape: list[int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """[channels, height, width] of the image itself, on white where it is transparent, and resized."""
    from PIL import Image

    channels, height, width = shape
    opened = open_image(content)
    image = opened.image
    if opened.transparent:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    image = image.convert("RGB" if channels == 3 else "L")
    small = image.resize((width, height), Image.Resampling.BILINEAR)
    whole, resized = (np.asarray(of).reshape(*of.size[::-1], channels).transpose(2, 0, 1) for of in (image, small))
    return whole, resized


def _draw(path: Path, pixels: NDArray[Any], said: NDArray[Any], classes: list[str]) -> None:
    """The image, a pixel a pixel, with its boxes."""
    from groklab.evaluation.detection_pictures import draw_boxes
    from groklab.evaluation.drawing import new_figure, png, style

    height, width = pixels.shape[1:]
    with style():
        figure = new_figure(width_inch=4.8, height_inch=4.8 * height / width)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        draw_boxes(axes, pixels, said, classes)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        file.write(png(figure))
