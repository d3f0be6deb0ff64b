"""Real digits on real photographs: semi-synthetic scenes for detection."""

from dataclasses import replace
from typing import ClassVar, Unpack

import numpy as np
from jaxtyping import UInt8
from pydantic import NonNegativeInt, PositiveInt

from groklab.data.card import Split
from groklab.data.dataset import DataSet, Fraction, Raw
from groklab.data.mnist5k import MNIST5k
from groklab.data.scenes import Material, SceneStyle, compose
from groklab.data.sources import Package, fetch
from groklab.data.variation import Variation
from groklab.files import digest
from groklab.seeds import derive

_PICTURES: dict[Split, dict[str, str]] = {
    "train": {
        "cell.png": "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515",
        "china.jpg": "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
        "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        "flower.jpg": "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
        "grass.png": "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
        "hubble_deep_field.jpg": "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
        "ihc.png": "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef",
        "moon.png": "78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577",
        "motorcycle_left.png": "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
        "retina.jpg": "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6",
        "rocket.jpg": "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    },
    "val": {
        "camera.png": "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
        "coins.png": "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
        "gravel.png": "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
    },
    "test": {
        "astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "brick.png": "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
        "coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    },
}
_SCIKIT_IMAGE, _SCIKIT_LEARN = ("scikit-image", "skimage/data"), ("scikit-learn", "sklearn/datasets/images")
_OF_SCIKIT_LEARN = ("china.jpg", "flower.jpg")
_DIGITS: dict[Split, tuple[int, int]] = {"train": (0, 70), "val": (70, 80), "test": (80, 100)}  # percent of each class


class DigitsOnTextures(DataSet):
    """Semi-synthetic: up to six MNIST digits, 16 to 40 pixels long, laid on squares of photographs, in grey.

    Training, validation and test scenes are made of different photographs and different digits, so that neither a
    texture nor a handwriting is in two parts. Training scenes are patchworks of their photographs, the others one
    photograph each. How scenes are composed: :mod:`groklab.data.scenes`.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        num_scenes: Of the training, validation and test part.
        scene_seed: Of what is drawn: digits, photographs, places, sizes, contrasts.

    Source: digits: :class:`MNIST5k`; photographs: the files of scikit-image's and scikit-learn's wheels.
    """

    kind = "detection"
    licence = (
        "digits: CC BY-SA 3.0; photographs: CC0 or public domain (scikit-image's skimage/data/README.txt); china and "
        "flower: CC BY 2.0"
    )
    citation = (
        f"{MNIST5k.citation}; photographs: S. van der Walt et al. (2014), scikit-image: image processing in Python, "
        "PeerJ 2:e453, https://doi.org/10.7717/peerj.453; china and flower: danielbuechele and vultilion on Flickr"
    )
    style: ClassVar[SceneStyle] = SceneStyle(side=128, most=6, sizes=(16, 40), contrast=(80, 160))
    pieces: ClassVar[int] = 8  # on a training scene, at most

    def __init__(
        self,
        *,
        name: str,
        shape: list[int],
        num_features: int,
        num_outputs: int,
        num_scenes: list[PositiveInt],
        scene_seed: NonNegativeInt = 0,
        val_fraction: Fraction | None = None,
        test_fraction: Fraction | None = None,
        split_seed: int = 0,
        **variation: Unpack[Variation],
    ) -> None:
        if len(num_scenes) != 3:
            raise ValueError(f"num_scenes={list(num_scenes)} must be three numbers: training, validation, test")
        super().__init__(
            name=name,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            **variation,
        )
        self.num_scenes, self.scene_seed = list(num_scenes), scene_seed

    def why_no_folds(self, raw: Raw) -> str | None:
        """A digit, and a photograph, stands in several scenes of its part."""
        return "the scenes of a part share digits and photographs"

    def load(self) -> Raw:
        """Scenes of all parts, and their boxes."""
        digits = MNIST5k(
            name="mnist5k", shape=None, num_features=None, num_outputs=None, val_fraction=None, test_fraction=None
        ).load()
        x, y, parts = [], [], []
        for (part, known), number in zip(_PICTURES.items(), self.num_scenes, strict=True):
            rows = _share(digits.y, _DIGITS[part])
            shown = [_grey(file, hash_) for file, hash_ in known.items()]
            material = Material(shown, digits.x[rows, 0], digits.y[rows])
            draw = np.random.Generator(np.random.PCG64(derive(self.scene_seed, "scenes", part)))
            style = replace(self.style, pieces=self.pieces) if part == "train" else self.style
            scenes, boxes = compose(material, style, number=number, draw=draw)
            x.append(scenes)
            y.append(boxes)
            parts += [part] * number
        low, high = self.style.sizes
        pictures = {file: hash_ for known in _PICTURES.values() for file, hash_ in known.items()}
        return Raw(
            np.concatenate(x),
            np.concatenate(y),
            split=np.array(parts),
            class_names=[str(digit) for digit in range(10)],
            source=f"{digits.source}; packages scikit-image and scikit-learn, {len(pictures)} photographs",
            source_sha256=f"{digits.source_sha256}, {digest(pictures)} (of the photographs' hashes)",
            rules=[
                "Semi-synthetic: real digits are laid on real photographs by a program, so places, sizes and contrasts "
                "are drawn, not seen.",
                *(f"Photographs of the {part} part: {', '.join(known)}." for part, known in _PICTURES.items()),
                "Of each digit's 500 images the first 70 % are used for training scenes, 10 % for validation, 20 % for "
                "test.",
                f"A scene has up to {self.style.most} digits whose boxes do not meet, {low} to {high} pixels along the "
                "longer side. A digit lies where nine tenths of the pixels of its box, and of three pixels around it, "
                "are 48 or more of 255 grey levels from its own; it is left out if no such place is found.",
                f"On the photograph of a training scene lie up to {self.pieces} pieces of other training photographs, "
                "or of one grey; half of all photographs in it have their greys stretched or inverted. In validation "
                "and test scenes the photographs are as they are.",
            ],
        )


def _share(classes: np.ndarray, percent: tuple[int, int]) -> np.ndarray:
    """Rows of each class, from one share to another of its examples."""
    found = []
    for class_ in np.unique(classes):
        rows = np.flatnonzero(classes == class_)
        first, last = (len(rows) * edge // 100 for edge in percent)
        found.append(rows[first:last])
    return np.concatenate(found)


def _grey(file: str, known: str) -> UInt8[np.ndarray, "height width"]:
    from PIL import Image

    package, folder = _SCIKIT_LEARN if file in _OF_SCIKIT_LEARN else _SCIKIT_IMAGE
    found = fetch("digits_on_textures", file, sources=[Package(package, f"{folder}/{file}", (known,))])
    with Image.open(found.path) as image:
        return np.asarray(image.convert("L"))
