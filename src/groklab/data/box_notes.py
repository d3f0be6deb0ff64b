"""What a file says of the boxes in an image, and whether it can be true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from groklab.data.file_tree import Unreadable

_CUT = 1.0  # pixels by which rounding may move an edge out of the image


class Box(NamedTuple):
    """A class by its name, and edges in pixels from the image's left and top."""

    label: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class BoxNotes:
    """Of one image.

    Args:
        image: Its file's name as the annotations have it.
        size: Width and height that they say it has; ``None`` if they say nothing.
        boxes: In the file's order.
        stem: Another name that the image may have, without its suffix.
        num_crowds: Regions of many objects that no box was drawn in.
    """

    image: str
    size: tuple[int, int] | None
    boxes: Sequence[Box]
    stem: str = ""
    num_crowds: int = 0


class Checked(NamedTuple):
    """Boxes that can be true, cut at the image's edges, and why others cannot."""

    boxes: list[Box]
    num_cut: int
    faults: list[str]


def check_boxes(notes: BoxNotes, size: tuple[int, int], classes: Sequence[str] | None) -> Checked:
    """Sort out what cannot be true of an image that is ``size`` (width, height) large.

    Args:
        notes: What the annotations say.
        size: Of the image itself.
        classes: The classes that there are; ``None`` if every name is one.

    Raises:
        Unreadable: The image is of another size than they say, so no box of it can be trusted.
    """
    if notes.size is not None and notes.size != size:
        said, found = ("x".join(map(str, of)) for of in (notes.size, size))
        raise Unreadable(f"its annotations are for {said} pixels, the image has {found}")
    kept: list[Box] = []
    faults: list[str] = []
    num_cut = 0
    for number, box in enumerate(notes.boxes):
        fault = _fault(box, size, classes)
        if fault:
            edges = ", ".join(f"{edge:g}" for edge in box[1:])
            faults.append(f"box {number} ({box.label} at {edges}) {fault}")
            continue
        cut = Box(box.label, max(box.left, 0.0), max(box.top, 0.0), min(box.right, size[0]), min(box.bottom, size[1]))
        num_cut += cut != box
        kept.append(cut)
    return Checked(kept, num_cut, faults)


def _fault(box: Box, size: tuple[int, int], classes: Sequence[str] | None) -> str:
    if classes is not None and box.label not in classes:
        return f"is of no class in data.class_names ({', '.join(classes)})"
    width, height = size
    if not (box.right > box.left and box.bottom > box.top):  # what is no number fails too
        return "has no area"
    if min(box.left, box.top) < -_CUT or box.right > width + _CUT or box.bottom > height + _CUT:
        return f"lies outside of the image of {width}x{height}"
    return ""
