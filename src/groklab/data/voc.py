"""Annotations in the XML of Pascal VOC, one file an image."""

from typing import Any
from xml.etree import ElementTree

from groklab.data.box_notes import Box, BoxNotes
from groklab.data.file_tree import Unreadable


def read_voc(content: bytes, *, stem: str = "") -> BoxNotes:
    """The boxes of one image.

    ``xmin`` and ``ymin`` count pixels from 1, ``xmax`` and ``ymax`` are the last that belong to the box, so it reaches
    from ``xmin - 1`` to ``xmax``. Some programs count from 0: a ``xmin`` of 0 is taken for the first pixel too. A box
    whose ``xmax`` is not above its ``xmin`` has no area, as drawing programs leave it after a click.

    Args:
        content: Of the XML file.
        stem: The XML file's own name without its suffix, which the image may have too.

    Raises:
        Unreadable: It is no such file, or a number lacks.

    Source: Everingham et al. (2010), IJCV 88(2), and the development kit of VOC2012, section 9.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("declares entities, which annotations have no use for; remove the declaration")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise Unreadable(f"no XML ({error})") from error
    if root.tag != "annotation":
        raise Unreadable(f"its outermost element is <{root.tag}>, not <annotation> of Pascal VOC")
    size = root.find("size")
    stated = None if size is None else (int(_number(size, "width")), int(_number(size, "height")))
    return BoxNotes(
        image=_text(root, "filename") or stem,
        size=stated if stated and min(stated) > 0 else None,
        boxes=[_box(number, item) for number, item in enumerate(root.iter("object"))],
        stem=stem,
    )


def _box(number: int, item: Any) -> Box:
    label, edges = _text(item, "name"), item.find("bndbox")
    if not label:
        raise Unreadable(f"object {number} has no name")
    if edges is None:
        raise Unreadable(f"object {number} ({label}) has no bndbox")
    left, top, right, bottom = (_number(edges, name) for name in ("xmin", "ymin", "xmax", "ymax"))
    if right <= left or bottom <= top:
        return Box(label, left, top, right, bottom)
    return Box(label, left - (left >= 1), top - (top >= 1), right, bottom)


def _text(element: Any, name: str) -> str:
    found = element.find(name)
    return "" if found is None or found.text is None else str(found.text).strip()


def _number(element: Any, name: str) -> float:
    text = _text(element, name)
    try:
        return float(text)
    except ValueError:
        raise Unreadable(f"<{element.tag}> has no number {name} ({text!r})") from None
