"""PNG files, whole, for inside the page."""

import base64
import struct
from pathlib import Path
from typing import Any

from groklab.report.records import Picture

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_picture(path: Path) -> Picture | None:
    """The PNG at ``path``; None where there is none."""
    content = path.read_bytes() if path.exists() else b""
    if len(content) < 24 or not content.startswith(_PNG_SIGNATURE):
        return None
    width, height = struct.unpack(">II", content[16:24])
    return Picture(path.stem, content, width, height)


def inlined(picture: Picture) -> dict[str, Any]:
    """A picture as a data URI with its size."""
    uri = f"data:image/png;base64,{base64.b64encode(picture.content).decode()}"
    return {"uri": uri, "width": picture.width, "height": picture.height}
