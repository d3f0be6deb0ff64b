"""Images and sounds that tests write to folders."""

from pathlib import Path

import numpy as np
from PIL import Image

from groklab.data.audio_folder import AudioFolder
from groklab.data.image_folder import ImageFolder


def picture(seed: int, *, size: tuple[int, int] = (8, 8)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def pictures(folder: Path, num: int, *, seed: int = 0, ending: str = "png") -> list[Path]:
    """``num`` images that differ, in a folder that is made."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.{ending}" for number in range(num)]
    for number, path in enumerate(paths):
        picture(1000 * seed + number).save(path)
    return paths


def sound(seed: int, *, seconds: float = 0.2, sample_rate: int = 8000) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, round(seconds * sample_rate))


def sounds(folder: Path, num: int, *, seed: int = 0, ending: str = "wav") -> list[Path]:
    """``num`` noises of 0.2 seconds that differ, in a folder that is made."""
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.{ending}" for number in range(num)]
    for number, path in enumerate(paths):
        soundfile.write(path, sound(1000 * seed + number), 8000)
    return paths


def image_folder(path: Path, **arguments) -> ImageFolder:
    return ImageFolder(
        **{"name": "own", "path": str(path), "size": [8, 8], "val_fraction": 0.2, "test_fraction": 0.2, **arguments}
    )


def audio_folder(path: Path, **arguments) -> AudioFolder:
    usual = {"sample_rate": 8000, "max_s": 0.2, "val_fraction": 0.2, "test_fraction": 0.2}
    return AudioFolder(**{"name": "own", "path": str(path), **usual, **arguments})
