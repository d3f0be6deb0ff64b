"""A user's image files in, larger PNG files out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groklab.baselines.interpolation import Interpolation
from groklab.data.file_tree import Unreadable, content_of, files_in
from groklab.data.image_file import open_image
from groklab.data.image_folder import ImageFolder
from groklab.errors import UserError
from groklab.files import atomic_file

Enlarge = Callable[[NDArray[Any]], NDArray[np.uint8]]


def enlarge_files(path: Path, output: Path | None, enlarge: Enlarge, scale: int) -> str:
    """Enlarge the image in a file, or each in a folder; lines of what was written.

    Args:
        path: File or folder.
        output: PNG file for one file; folder for either.
        enlarge: Makes of pixels [1 or 3 channels, height, width] the larger ones.
        scale: How many times larger.

    Raises:
        UserError: A file is no image, two would have one name, or it is not said where to write.
    """
    if not path.exists():
        raise UserError(f"input={path}: does not exist; give an image or a folder of images")
    if output is None:
        raise UserError("output: answers are images; add output=FILE.png, or output=FOLDER")
    single = path.is_file()
    inputs = [path] if single else [file for file in files_in(path) if file.suffix.lower() in ImageFolder.suffixes]
    if not inputs:
        raise UserError(f"input={path}: holds no image ({', '.join(sorted(ImageFolder.suffixes))}); give one or more")
    if single and output.suffix.lower() == ".png":
        outputs = [output]
    elif output.suffix or output.is_file():
        raise UserError(
            f"output={output}: {'a file is' if single else 'files are'} written as PNG; give FOLDER"
            + (" or FILE.png" if single else "")
        )
    else:
        root = path.parent if single else path
        outputs = [output / file.relative_to(root).with_suffix(".png") for file in inputs]
    if twice := {target for target in outputs if outputs.count(target) > 1}:
        raise UserError(f"input={path}: several files would become {min(twice)}; give them different names")
    lines = []
    for file, target in zip(inputs, outputs, strict=True):
        height, width = _enlarge_file(file, target, enlarge, scale)
        lines.append(f"{target} {width}x{height}\n")
    return "".join(lines)


def _enlarge_file(file: Path, target: Path, enlarge: Enlarge, scale: int) -> tuple[int, int]:
    """Grey stays grey; what is transparent stays so, its edges enlarged by bicubic interpolation."""
    from PIL import Image

    try:
        opened = open_image(content_of(file))
    except (Unreadable, OSError, ValueError, SyntaxError) as error:  # Pillow raises all of them on damaged bytes
        raise UserError(f"input={file}: cannot be read as an image ({error}); remove or mend it") from error
    grey = opened.image.mode in ("1", "L", "LA", "La")
    image = opened.image.convert("RGBA" if opened.transparent else "RGB")
    pixels = np.asarray(image).transpose(2, 0, 1)
    larger = enlarge(pixels[:1] if grey else pixels[:3])
    if opened.transparent:
        alpha = np.pad(pixels[3:], ((0, 0), (1, 1), (1, 1)), mode="edge")  # the edge that is left out again
        cover = Interpolation(scale=scale, method="bicubic").predict(alpha[None].astype(np.float32))[0]
        larger = np.concatenate([larger, cover.astype(np.uint8)])
    shown = Image.fromarray(np.ascontiguousarray(larger.transpose(1, 2, 0)).squeeze())
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(target) as written:
        shown.save(written, format="PNG")
    return shown.height, shown.width
