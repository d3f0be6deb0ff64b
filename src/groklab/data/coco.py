"""Annotations in the JSON of COCO, one file for all images."""

import json
from collections import defaultdict
from typing import Any

from groklab.data.box_notes import Box, BoxNotes
from groklab.data.file_tree import Unreadable


def is_coco(content: bytes) -> bool:
    """Whether a JSON file holds such annotations at all."""
    return b'"images"' in content and b'"annotations"' in content


def read_coco(content: bytes) -> list[BoxNotes]:
    """The boxes of every image that the file lists, in its order; one without a box is all background.

    A box is left, top, width and height in pixels from 0. A ``crowd`` is no box, and is counted.

    Raises:
        UnReadable: It is no such file, a part of it lacks, or an annotation is of an image or a category that the file
            does not list.

    Source: Lin et al. (2014), ECCV; https://cocodataset.org/#format-data.
    """
    try:
        known = json.loads(content)
        images = {item["id"]: item for item in known["images"]}
        names = {item["id"]: str(item["name"]) for item in known.get("categories", [])}
        annotations = known["annotations"]
        listed = [str(item["file_name"]) for item in images.values()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"no annotations of COCO ({type(error).__name__}: {error})") from error
    if len(images) != len(known["images"]) or len(set(listed)) != len(listed):
        raise Unreadable("lists an image twice; give each an id and a file_name of its own")
    boxes: dict[Any, list[Box]] = defaultdict(list)
    crowds: dict[Any, int] = defaultdict(int)
    for number, item in enumerate(annotations):
        image, box = _annotation(number, item, images, names)
        if box is None:
            crowds[image] += 1
        else:
            boxes[image].append(box)
    return [
        BoxNotes(image=str(item["file_name"]), size=_size(item), boxes=boxes[key], num_crowds=crowds[key])
        for key, item in images.items()
    ]


def _annotation(number: int, item: Any, images: dict[Any, Any], names: dict[Any, str]) -> tuple[Any, Box | None]:
    """The id of its image and its box, None for a crowd."""
    try:
        image, category = item["image_id"], item["category_id"]
        left, top, width, height = (float(value) for value in item["bbox"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(
            f"annotation {number} (from 0) lacks {error}"
            if isinstance(error, KeyError)
            else f"annotation {number} (from 0) has no box [left, top, width, height]"
        ) from error
    if image not in images:
        raise Unreadable(f"annotation {number} (from 0) is of image_id {image}, which it does not list")
    if category not in names:
        raise Unreadable(f"annotation {number} (from 0) is of category_id {category}, which it does not list")
    if item.get("iscrowd"):
        return image, None
    return image, Box(names[category], left, top, left + width, top + height)


def _size(item: Any) -> tuple[int, int] | None:
    try:
        return int(item["width"]), int(item["height"])
    except (KeyError, TypeError, ValueError):
        return None
