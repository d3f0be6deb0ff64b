"""Scenes: objects pasted on pictures, with the boxes that enclose them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from groklab.data.backgrounds import patchwork, square
from groklab.data.whole_draws import below, between

Array = np.ndarray[Any, Any]
_SEEN = 48  # of 255: fainter pixels belong to no box
_HIDING = 10  # percent of the pixels in and around a box that may be as grey as its object, closer than _SEEN
_AROUND = 3  # pixels
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
        pieces: Most pieces of other pictures on a background, by :func:`patchwork`; 0 for pictures as they are.
    """

    side: int
    most: int
    sizes: tuple[int, int]
    contrast: tuple[int, int]
    pieces: int = 0


def compose(
    material: Material, style: SceneStyle, *, number: int, draw: np.random.Generator
) -> tuple[UInt8[np.ndarray, "number 1 side side"], Float32[np.ndarray, "number most 5"]]:
    """``number`` scenes, and their boxes as :mod:`groklab.data.annotations` has them.

    An object is laid where it can be told from what is there: no more than a tenth of the pixels of its box, and of the
    three pixels around it, are within 48 grey levels of its own. It is left out where no such place is found.

    Only ``draw.random()`` is drawn from and only whole numbers are computed with, so that a seed gives the same bytes
    on every machine.
    """
    x = np.zeros((number, 1, style.side, style.side), np.uint8)
    y = np.full((number, style.most, 5), np.nan, np.float32)
    for scene in range(number):
        x[scene, 0] = _background(material.pictures, style, draw)
        boxes: list[tuple[int, int, int, int]] = []
        for _ in range(1 + below(draw, style.most)):
            which = below(draw, len(material.glyphs))
            box = _paste(x[scene, 0], material.glyphs[which], boxes, style, draw)
            if box is not None:
                y[scene, len(boxes)] = (material.classes[which], *box)
                boxes.append(box)
    return x, y


def _background(pictures: Sequence[Array], style: SceneStyle, draw: np.random.Generator) -> Array:
    if style.pieces:
        return patchwork(pictures, style.side, draw, most=style.pieces)
    return square(pictures[below(draw, len(pictures))], style.side, draw)


def _paste(
    canvas: Array, glyph: Array, taken: list[tuple[int, int, int, int]], style: SceneStyle, draw: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """Lay the glyph on the canvas; its box, None where no place was found."""
    low, high = style.sizes
    opacity = _resized(glyph, int(low * (high / low) ** draw.random()))
    height, width = opacity.shape
    for _ in range(_TRIES):
        top, left = below(draw, style.side - height + 1), below(draw, style.side - width + 1)
        box = (left, top, left + width, top + height)
        if any(_near(box, other) for other in taken):
            continue
        place = canvas[top : top + height, left : left + width].astype(np.int64)
        grey = _grey(place, opacity, style, draw)
        if _readable(canvas, box, grey):
            canvas[top : top + height, left : left + width] = (place * (255 - opacity) + grey * opacity + 127) // 255
            return box
    return None


def _grey(place: Array, opacity: Array, style: SceneStyle, draw: np.random.Generator) -> int:
    mean = int((place * opacity).sum() // opacity.sum())
    change = between(draw, style.contrast)
    grey = mean - change if draw.random() < 0.5 else mean + change
    if 0 <= grey <= 255:
        return grey
    return min(mean + change, 255) if mean < 128 else max(mean - change, 0)  # where there is more room


def _readable(canvas: Array, box: tuple[int, int, int, int], grey: int) -> bool:
    left, top, right, bottom = box
    rows, columns = slice(max(top - _AROUND, 0), bottom + _AROUND), slice(max(left - _AROUND, 0), right + _AROUND)
    alike = np.abs(canvas[rows, columns].astype(np.int64) - grey) < _SEEN
    return 100 * int(alike.sum()) <= _HIDING * alike.size


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
