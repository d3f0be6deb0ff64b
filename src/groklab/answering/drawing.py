"""Drawn images as files of a user's own."""

import math
from pathlib import Path

import numpy as np

from groklab.answering.generation import class_names, draw
from groklab.answering.trained import Trained
from groklab.errors import UserError
from groklab.evaluation.image_grid import joined_images
from groklab.files import atomic_file


def draw_into(run: Trained, output: str | None, *, number: int, seed: int, of_class: str | None) -> str:
    """Draw images into one PNG file, or one file each into a folder; a line of what was written.

    Args:
        run: A generator.
        output: ``FILE.png`` or a folder.
        number: How many.
        seed: The same seed draws the same images.
        of_class: Name of a class; None draws all in turn.

    Raises:
        UserError: It is not said where to, or there is no such class.
    """
    from PIL import Image

    if output is None:
        raise UserError("output: a generator draws images; add output=FILE.png or output=FOLDER")
    if number < 1:
        raise UserError(f"number={number}: give 1 or more")
    names = class_names(run)
    if of_class is not None and of_class not in names:
        raise UserError(f"class={of_class}: the generator knows {', '.join(names)}; give one of them")
    classes = np.arange(number) % len(names) if of_class is None else np.full(number, names.index(of_class))
    images, target = draw(run, classes, seed=seed), Path(output)
    if target.suffix.lower() == ".png":
        columns = min(number, len(names) if 1 < len(names) <= 12 and of_class is None else math.isqrt(number - 1) + 1)
        missing = -number % columns
        blank = np.full((missing, *images.shape[1:]), images.max(initial=0), images.dtype)
        grid = np.concatenate([images, blank]).reshape(-1, columns, *images.shape[1:])
        files = {target: joined_images(grid)}
    else:
        digits = len(str(number))
        files = {
            target / f"{row + 1:0{digits}d}-{names[which]}.png": joined_images(images[row][None, None])
            for row, which in enumerate(classes)
        }
    for path, pixels in files.items():
        with atomic_file(path) as file:
            Image.fromarray(pixels).save(file, format="PNG")
    return f"images {number} in {target}\n"
