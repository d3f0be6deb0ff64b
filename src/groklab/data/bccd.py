"""Blood cells under the microscope, each in a box."""

import io
from typing import ClassVar

import numpy as np
from jaxtyping import UInt8

from groklab.data.box_notes import Box
from groklab.data.content import Content
from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Url, fetch
from groklab.data.voc import read_voc
from groklab.errors import UserError

_FILES = Content(
    r"[^/]+/BCCD/(Annotations/[^/]+\.xml|JPEGImages/[^/]+\.jpg|ImageSets/Main/(?:train|val|test)\.txt)",
    "4e4be01c13a139818a66b63402a30b051853317a0fea3c6febcb40b53e363b8e",
)
_SOURCE = Url("https://github.com/Shenggan/BCCD_Dataset/archive/refs/heads/master.tar.gz", (_FILES,))
_CLASSES = ("Platelets", "RBC", "WBC")


class BCCD(DataSet):
    """364 images of 320x240 pixels, half of the original's along each side, with red and white blood cells and
    platelets.

    Training, validation and test part are the source's. Colours are 0 to 255, each the mean of four pixels.

    The archive is known by the fingerprint of its files: GitHub packs it afresh.

    Source: Shenggan (2018), https://github.com/Shenggan/BCCD_Dataset, of images by cosmicad and akshaylamba.
    """

    kind = "detection"
    licence = "MIT"
    citation = "Shenggan and contributors (2018), BCCD Dataset, https://github.com/Shenggan/BCCD_Dataset"
    classes: ClassVar[tuple[str, ...]] = _CLASSES

    def load(self) -> Raw:
        """Images and boxes.

        Raises:
            UserError: No source has the right bytes.
        """
        file = fetch("bccd", "BCCD_Dataset.tar.gz", sources=[_SOURCE])
        members = dict(_FILES.read(file.path))
        x, y, parts, num_empty = [], [], [], 0
        for part in ("train", "val", "test"):
            for name in members[f"ImageSets/Main/{part}.txt"].decode().split():
                notes = read_voc(members[f"Annotations/{name}.xml"])
                boxes = [box for box in notes.boxes if box.right > box.left and box.bottom > box.top]
                num_empty += len(notes.boxes) - len(boxes)
                x.append(_halved(name, members[f"JPEGImages/{name}.jpg"]))
                y.append([_row(name, box) for box in boxes])
                parts.append(part)
        boxes_of = np.full((len(y), max(map(len, y)), 5), np.nan, np.float32)
        for image, rows in enumerate(y):
            boxes_of[image, : len(rows)] = rows
        return Raw(
            np.stack(x),
            boxes_of,
            split=np.array(parts),
            class_names=_CLASSES,
            source=file.source,
            source_sha256=file.sha256,
            rules=[
                "Images and boxes are made half as wide and half as high: 320 x 240 pixels.",
                f"Boxes without an area, left by a click, are dropped ({num_empty}).",
            ],
        )


def _halved(name: str, content: bytes) -> UInt8[np.ndarray, "3 240 320"]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        if image.size != (640, 480):
            raise UserError(f"data bccd: {name}.jpg has {image.size} pixels, not 640 x 480; get the archive again")
        return np.asarray(image.convert("RGB").reduce(2)).transpose(2, 0, 1)


def _row(name: str, box: Box) -> list[float]:
    if box.label not in _CLASSES:
        raise UserError(f"data bccd: {name}.xml has a box of {box.label!r}, no class; get the archive again")
    return [_CLASSES.index(box.label), box.left / 2, box.top / 2, box.right / 2, box.bottom / 2]
