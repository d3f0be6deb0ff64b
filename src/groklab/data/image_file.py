"""Image files as people have them."""

import io
import warnings
from typing import Any, NamedTuple

import numpy as np

from groklab.data.file_tree import Unreadable

_TURNED = "Images are turned as their EXIF orientation says"
_SIXTEEN = "Of 16 bits a pixel the upper 8 are kept"


class Opened(NamedTuple):
    """An image, and what was done to it.

    Args:
        image: Of Pillow; 8 bits a channel, or fewer.
        transparent: Whether some of its pixels are, or could be.
        changes: In words, for the data card.
    """

    image: Any
    transparent: bool
    changes: tuple[str, ...]


def open_image(content: bytes) -> Opened:
    """The image in a file's bytes, the right way up; of an animation the first frame.

    Raises:
        Unreadable: It is no image, damaged, too large or of 32 bits a pixel.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    changes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged notes beside the pixels
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            Image.open(io.BytesIO(content)).verify()  # checksums, which decoding does not look at
        except UnidentifiedImageError:
            raise Unreadable("no image") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Unreadable(f"more than {Image.MAX_IMAGE_PIXELS:,} pixels") from None
        image: Any = Image.open(io.BytesIO(content))
        image.load()
        if image.getexif().get(0x0112, 1) != 1:
            image = ImageOps.exif_transpose(image)
            changes.append(_TURNED)
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        changes.append(_SIXTEEN)
    if image.mode in ("I", "F"):
        raise Unreadable("32 bits a pixel, whose range is unknown; save it with 8 or 16")
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    return Opened(image, transparent, tuple(changes))
