"""A user's own images with boxes drawn in them."""

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.box_files import Annotated, find_annotated
from groklab.data.box_notes import Box, check_boxes
from groklab.data.class_folder import OnError
from groklab.data.dataset import Fraction, Raw
from groklab.data.file_tree import Unreadable, content_of, folders_in, listed, name_in
from groklab.data.image_folder import ImageFolder
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.files import digest
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]
_PARTS = {"train": "train", "val": "val", "valid": "val", "test": "test"}
_LYING = (5, 6, 7, 8)  # EXIF orientations that change width and height


class DetectionFolder(ImageFolder):
    """``<path>/...`` or ``<path>/{train,val,test}/...``: images, and boxes as Pascal VOC or COCO write them.

    Every image that has annotations is an example, with its boxes as far as they can be true: of a known class, within
    the image by a pixel, with an area. Images and boxes are resized to one size.

    Args:
        name: As in :class:`ImageFolder`, and so the rest that is not named here.
        path: The folder.
        size: [height, width] to which every image is resized, whatever its proportions.
        class_names: The classes that there are, in their order; ``None`` for all that have a box, by name.
        on_error: ``fail`` refuses a folder with a file or box that cannot be used; ``skip`` leaves them out and names
            them in the data card.

    Raises:
        ValueError: An argument is out of its range.
        UserError: There is no such folder.
    """

    kind: Kind = "detection"
    thing: ClassVar[str] = "image"

    def __init__(
        self,
        *,
        name: str,
        path: str,
        size: list[PositiveInt],
        channels: Literal[1, 3] = 3,
        class_names: list[str] | None = None,
        on_error: OnError = "fail",
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        if class_names is not None and len(set(class_names)) != len(class_names):
            raise ValueError(f"class_names={list(class_names)} names one twice")
        super().__init__(
            name=name,
            path=path,
            size=size,
            channels=channels,
            on_error=on_error,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        self.class_names = None if class_names is None else list(class_names)

    def load(self) -> Raw:
        """Every image that has annotations, in the order of the names."""
        root = self.place()
        found, faults, rules = self._annotated(root)
        x = np.empty((len(found), *self.example_shape()), self.example_type)
        boxes: list[list[Box]] = []
        kept: list[int] = []
        hashes: list[str] = []
        changes: Counter[str] = Counter()
        for row, (_, item) in enumerate(found):
            try:
                content = content_of(item.path)
                size = _size(content)
                x[len(kept)], changed = self._decoded(content)
                checked = check_boxes(item.notes, size, self.class_names)
            except (Unreadable, OSError, ValueError, SyntaxError) as error:  # Pillow raises all of them
                faults.append(f"{name_in(item.path, root)} ({error})")
                continue
            faults += [f"{name_in(item.source, root)} ({item.path.name}: {fault})" for fault in checked.faults]
            changes.update(changed)
            changes.update({"Boxes are cut at an edge that rounding moved them over": checked.num_cut})
            changes.update({"Regions of crowds are no boxes": item.notes.num_crowds})
            kept.append(row)
            hashes.append(hashlib.sha256(content).hexdigest())
            boxes.append([_resized(box, size, self.size) for box in checked.boxes])
        self._refuse(root, faults, some=bool(kept))
        rules += [f"{change} ({number})." for change, number in sorted(changes.items()) if number]
        if faults:
            rules.append(f"What cannot be used is left out ({len(faults)}): {listed(faults)}.")
        names = self._classes(root, boxes)
        parts = np.array([found[row][0] for row in kept])
        files = [name_in(found[row][1].path, root) for row in kept]
        x = x[: len(kept)]
        self._refuse_copies(x, parts, files)
        y = _rows(boxes, names)
        return Raw(
            x,
            y,
            split=self._split(parts),
            class_names=names,
            source=f"own images with boxes, {len(kept)} files in the folder {root.resolve().name}",
            source_sha256=digest([sorted(map(list, zip(parts.tolist(), hashes, y_text(boxes), strict=True)))]),
            rules=[self.rule(), *rules],
        )

    def _annotated(self, root: Path) -> tuple[list[tuple[str, Annotated]], list[str], list[str]]:
        """Images with their part, faults, and rules."""
        if not root.is_dir():
            raise UserError(f"data.path: {self.path} is no folder; give one with images and their annotations")
        inside = {name: _PARTS[name] for name in folders_in(root) if name in _PARTS}
        fixed = "train" in inside
        self._check_fractions(root, set(inside.values()) if fixed else set())
        found: list[tuple[str, Annotated]] = []
        faults: list[str] = []
        unnamed = 0
        for folder, part in [(root / name, part) for name, part in inside.items()] if fixed else [(root, "")]:
            here = find_annotated(folder, self.suffixes)
            found += [(part, item) for item in here.images]
            faults += [f"{folder.name}/{fault}" if fixed else fault for fault in here.faults]
            unnamed += here.num_unnamed
        rules = [f"Images without annotations are left out ({unnamed})."] if unnamed else []
        return found, faults, rules

    def _refuse(self, root: Path, faults: Sequence[str], *, some: bool) -> None:
        if faults and (self.on_error == "fail" or not some):
            raise UserError(
                f"{root}: {len(faults)} annotations or images cannot be used, the first is {faults[0]}; mend or remove "
                "them, or leave them out by data.on_error=skip"
            )

    def _classes(self, root: Path, boxes: Sequence[Sequence[Box]]) -> list[str]:
        counts = Counter(box.label for of in boxes for box in of)
        if not counts:
            raise UserError(f"{root}: no image has a box; draw some")
        for name in self.class_names or ():
            if not counts[name]:
                raise UserError(f"{root}: no box is of class {name!r}; draw some, or take it out of data.class_names")
        return self.class_names or sorted(counts)


def y_text(boxes: Sequence[Sequence[Box]]) -> list[str]:
    """The boxes of each image as one text, for the hash of the source."""
    return [";".join(f"{box.label},{box.left},{box.top},{box.right},{box.bottom}" for box in of) for of in boxes]


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of an image the right way up, without decoding its pixels."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            return (height, width) if image.getexif().get(0x0112, 1) in _LYING else (width, height)
    except UnidentifiedImageError:
        raise Unreadable("no image") from None


def _resized(box: Box, size: tuple[int, int], to: tuple[int, ...]) -> Box:
    across, down = to[1] / size[0], to[0] / size[1]
    return Box(box.label, box.left * across, box.top * down, box.right * across, box.bottom * down)


def _rows(boxes: Sequence[Sequence[Box]], names: Sequence[str]) -> Array:
    """Boxes as they are stored."""
    y = np.full((len(boxes), max(map(len, boxes)), 5), np.nan, np.float32)
    for image, of in enumerate(boxes):
        for row, box in enumerate(of):
            y[image, row] = (names.index(box.label), *box[1:])
    return y
