"""Boxes and transcripts in the forms that are stored, or a refusal."""

from typing import Any

import numpy as np
from jaxtyping import Float32, Int32, Shaped

from groklab.errors import UserError

Array = np.ndarray[Any, Any]


def boxes(
    where: str, y: Shaped[np.ndarray, "examples most 5"], *, num_classes: int, shape: tuple[int, ...]
) -> Float32[np.ndarray, "examples most 5"]:
    """Rows of class, left, top, right and bottom, in pixels; NaN at the end where an image has fewer.

    Args:
        where: Start of an error's line.
        y: What the source gave.
        num_classes: Classes are 0 to one less.
        shape: [channels, height, width] of the images.

    Raises:
        UserError: A box is of no known class, lies outside of its image, or has no area.
    """
    if y.ndim != 3 or y.shape[2] != 5:
        raise UserError(f"{where}: y has shape {list(y.shape)}; boxes are [images, most, 5]: class and corners")
    stored = np.ascontiguousarray(y, "<f4")
    absent = np.isnan(stored).any(axis=2)
    stored[absent] = np.nan
    if (absent[:, :-1] & ~absent[:, 1:]).any():
        raise UserError(f"{where}: absent boxes come last in a row of y; put NaN behind the boxes")
    class_, left, top, right, bottom = np.where(absent[..., None], np.float32(0), stored).transpose(2, 0, 1)
    height, width = shape[-2:]
    unknown = (class_ < 0) | (class_ >= num_classes) | (class_ != np.floor(class_))
    faults = (
        (unknown, f"no class from 0 to {num_classes - 1}"),
        ((left < 0) | (top < 0) | (right > width) | (bottom > height), f"not within the image of {height} x {width}"),
        ((right <= left) | (bottom <= top), "without an area"),
    )
    for wrong, why in faults:
        image, box = np.nonzero(wrong & ~absent)
        if len(image):
            raise UserError(
                f"{where}: box {box[0]} of image {image[0]} (from 0), {y[image[0], box[0]].tolist()}, is {why}; "
                "mend or drop it"
            )
    return stored


def symbols(
    where: str, y: Shaped[np.ndarray, "examples most"], *, num_symbols: int
) -> Int32[np.ndarray, "examples most"]:
    """Numbers of symbols from 1; 0 at the end where a transcript is shorter.

    Raises:
        UserError: A number is none of a symbol, a 0 lies between two, or a transcript is empty.
    """
    if y.ndim != 2 or y.dtype.kind not in "iu":
        raise UserError(f"{where}: y is {y.dtype} {list(y.shape)}; transcripts are whole numbers [examples, most]")
    faults = (
        (((y < 0) | (y > num_symbols)).any(axis=1), f"has a number that is not from 0 to {num_symbols}"),
        (((y[:, :-1] == 0) & (y[:, 1:] != 0)).any(axis=1), "has a 0 before its end"),
        ((y == 0).all(axis=1), "is empty"),
    )
    for wrong, why in faults:
        if wrong.any():
            example = int(np.argmax(wrong))
            raise UserError(f"{where}: the transcript of example {example} (from 0) {why}; mend or drop it")
    return np.ascontiguousarray(y, "<i4")


def counts(kind: str, y: Array, names: list[str]) -> dict[str, int]:
    """How often each class is there: examples, boxes, or symbols."""
    if kind == "detection":
        numbers = y[..., 0][~np.isnan(y[..., 0])].astype(np.int64)
    elif kind == "transcription":
        numbers = y[y > 0] - 1
    else:
        numbers = y
    return dict(zip(names, np.bincount(numbers, minlength=len(names)).tolist(), strict=True))


def require_classes(where: str, y: Array, names: list[str]) -> None:
    """Refuse a training part in which a class has no box.

    Raises:
        UserError: One has none.
    """
    absent = [name for name, number in counts("detection", y, names).items() if not number]
    if absent:
        raise UserError(
            f"{where}: the training part has no box of class {absent[0]!r}; add some, or leave the class out"
        )
