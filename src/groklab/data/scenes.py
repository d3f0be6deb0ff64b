"""Scenes: objects pasted on pictures, with the boxes that enclose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64, UInt8

Array = np.ndarray[Any, Any]
_SEEN = 48  # of 255: fainter pixels belong to no box
_TRIES = 30  # places that are looked at for one object
_GAP = 2  # pixels between two boxes at least


@dataclass(frozen=True)
class Material:
    """What scenes of one part of a data set are made of.

    Args:
        pictures: Grey levels [height, width] of any size, not smaller than a scene.
        glyphs: Objects, 0 where there is nothing.
        classes: Of the objects.
    """

    pictures: Sequence[UInt8[np.ndarray, "height width"]]
    glyphs: UInt8[np.ndarray, "glyphs side side"]
    classes: Int64[np.ndarray, " glyphs"]


@dataclass(frozen=True)
class SceneStyle:
    """How objects lie in a scene.

    Args:
        side: Height and width of a scene in pixels.
        most: Objects a scene, 1 to ``most``, each number equally likely.
        sizes: Least and largest longer side of an object, in pixels; between them each logarithm is equally likely.
        contrast: Least and largest distance of an object's grey level from the mean of what is under it, of 255; less
            where that would lead below 0 or above 255 either way.
    """

    side: int
    most: int
    sizes: tuple[int, int]
    contrast: tuple[int, int]


def compose(
    material: Material, style: SceneStyle, *, number: int, draw: np.random.Generator
) -> tuple[UInt8[np.ndarray, "number 1 side side"], Float32[np.ndarray, "number most 5"]]:
    """``number`` scenes, and their boxes as :mod:`groklab.data.annotations` has them.

    Only ``draw.random()`` is drawn from and only whole numbers are computed with, so that a seed gives the same bytes
    on every machine.
    """
    x = np.zeros((number, 1, style.side, style.side), np.uint8)
    y = np.full((number, style.most, 5), np.nan, np.float32)
    for scene in range(number):
        x[scene, 0] = _background(material.pictures[_below(draw, len(material.pictures))], style.side, draw)
        boxes: list[tuple[int, int, int, int]] = []
        for _ in range(1 + _below(draw, style.most)):
            which = _below(draw, len(material.glyphs))
            box = _paste(x[scene, 0], material.glyphs[which], boxes, style, draw)
            if box is not None:
                y[scene, len(boxes)] = (material.classes[which], *box)
                boxes.append(box)
    return x, y


def _below(draw: np.random.Generator, bound: int) -> int:
    return int(draw.random() * bound)


def _between(draw: np.random.Generator, bounds: tuple[int, int]) -> int:
    return bounds[0] + _below(draw, bounds[1] - bounds[0] + 1)


def _background(picture: Array, side: int, draw: np.random.Generator) -> Array:
    """A square of the picture, up to twice as wide as the scene, in one of the eight ways that a square can lie."""
    from PIL import Image

    height, width = picture.shape
    cut = _between(draw, (side, min(2 * side, height, width)))
    top, left = _below(draw, height - cut + 1), _below(draw, width - cut + 1)
    piece = Image.fromarray(np.ascontiguousarray(picture[top : top + cut, left : left + cut]))
    square = np.rot90(np.asarray(piece.resize((side, side), Image.Resampling.BILINEAR)), _below(draw, 4))
    return square.T if draw.random() < 0.5 else square


def _paste(
    canvas: Array, glyph: Array, taken: list[tuple[int, int, int, int]], style: SceneStyle, draw: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """Lay the glyph on the canvas; its box, None where no place was found."""
    low, high = style.sizes
    opacity = _resized(glyph, int(low * (high / low) ** draw.random()))
    height, width = opacity.shape
    for _ in range(_TRIES):
        top, left = _below(draw, style.side - height + 1), _below(draw, style.side - width + 1)
        box = (left, top, left + width, top + height)
        if not any(_near(box, other) for other in taken):
            break
    else:
        return None
    place = canvas[top : top + height, left : left + width].astype(np.int64)
    mean = int((place * opacity).sum() // opacity.sum())
    change = _between(draw, style.contrast)
    grey = mean - change if draw.random() < 0.5 else mean + change
    if not 0 <= grey <= 255:
        grey = min(mean + change, 255) if mean < 128 else max(mean - change, 0)  # where there is more room
    canvas[top : top + height, left : left + width] = (place * (255 - opacity) + grey * opacity + 127) // 255
    return box


def _resized(glyph: Array, longest: int) -> Array:
    """What is seen of the glyph, its longer side ``longest`` pixels; it touches all four edges."""
    from PIL import Image

    tight = Image.fromarray(_tight(glyph))
    scale = longest / max(tight.size)
    size = tuple(max(1, round(scale * side)) for side in tight.size)
    return _tight(np.asarray(tight.resize(size, Image.Resampling.BILINEAR))).astype(np.int64)  # type: ignore[arg-type]


def _tight(glyph: Array) -> Array:
    seen = glyph >= _SEEN
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return np.ascontiguousarray(glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _near(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return (
        box[0] < other[2] + _GAP and other[0] < box[2] + _GAP and box[1] < other[3] + _GAP and other[1] < box[3] + _GAP
    )
