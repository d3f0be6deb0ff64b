"""Squares of photographs that objects are laid on."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import UInt8

from groklab.data.whole_draws import below, between

Array = np.ndarray[Any, Any]
_CORNERS = (3, 5)  # of a piece, least and most
_WIDTHS = (2, 12)  # of a stroke, in half pixels
_ROOM = 100  # grey levels by which the darkest is raised, and the brightest lowered, at most


def square(
    picture: UInt8[np.ndarray, "height width"], side: int, draw: np.random.Generator, *, widest: int = 2
) -> UInt8[np.ndarray, "side side"]:
    """A square of the picture, up to ``widest`` times as wide as ``side``, in one of the eight ways it can lie."""
    from PIL import Image

    height, width = picture.shape
    cut = between(draw, (side, min(widest * side, height, width)))
    top, left = below(draw, height - cut + 1), below(draw, width - cut + 1)
    piece = Image.fromarray(np.ascontiguousarray(picture[top : top + cut, left : left + cut]))
    turned = np.rot90(np.asarray(piece.resize((side, side), Image.Resampling.BILINEAR)), below(draw, 4))
    return turned.T if draw.random() < 0.5 else turned


def patchwork(
    pictures: Sequence[UInt8[np.ndarray, "height width"]], side: int, draw: np.random.Generator, *, most: int
) -> UInt8[np.ndarray, "side side"]:
    """A square of one picture with up to ``most`` pieces of others on it, of many shapes, sizes and greys.

    Few photographs have few edges, and a network takes any other edge for an object. A piece is an ellipse, a polygon
    or a stroke; three in ten are of one grey. Half of the squares have their greys stretched or narrowed, half of
    these are negatives.

    Source: distractors among pasted objects: Dwibedi, Misra & Hebert (2017), ICCV (Cut, Paste and Learn).
    """
    canvas = _toned(square(_any(pictures, draw), side, draw, widest=4), draw)
    for _ in range(below(draw, most + 1)):
        shape = _shape(side, draw)
        plain = draw.random() < 0.3
        fill = below(draw, 256) if plain else _toned(square(_any(pictures, draw), side, draw, widest=4), draw)
        canvas = (canvas * (255 - shape) + fill * shape + 127) // 255
    return canvas.astype(np.uint8)


def _any(pictures: Sequence[Array], draw: np.random.Generator) -> Array:
    return pictures[below(draw, len(pictures))]


def _toned(picture: Array, draw: np.random.Generator) -> Array:
    levels = picture.astype(np.int64)
    if draw.random() < 0.5:
        return levels
    if draw.random() < 0.5:
        levels = 255 - levels
    low, high = below(draw, _ROOM), 255 - below(draw, _ROOM)
    darkest, brightest = int(levels.min()), int(levels.max())
    return low + (levels - darkest) * (high - low) // max(brightest - darkest, 1)


def _shape(side: int, draw: np.random.Generator) -> Array:
    """How much a piece covers of each pixel, 0 to 255; drawn twice as large, so that its edge is smooth."""
    from PIL import Image, ImageDraw

    x, y = below(draw, 2 * side), below(draw, 2 * side)
    right, down = (int(10 * (side / 10) ** draw.random()) for _ in range(2))
    image = Image.new("L", (2 * side, 2 * side))
    pen = ImageDraw.Draw(image)
    kind = below(draw, 4)
    if kind == 0:
        pen.ellipse((x - right, y - right, x + right, y + right), fill=255)
    elif kind == 1:
        pen.ellipse((x - right, y - down, x + right, y + down), fill=255)
    elif kind == 2:
        pen.polygon(_corners(x, y, 2 * right, 2 * down, draw), fill=255)
    else:  # of two corners it would be a one
        pen.line(_corners(x, y, 2 * right, 2 * down, draw), fill=255, width=between(draw, _WIDTHS))
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR)).astype(np.int64)


def _corners(x: int, y: int, right: int, down: int, draw: np.random.Generator) -> list[tuple[int, int]]:
    return [
        (x + between(draw, (-right, right)), y + between(draw, (-down, down))) for _ in range(between(draw, _CORNERS))
    ]
