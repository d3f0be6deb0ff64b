"""Images, larger than they were."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.image_output import enlarge_files
from groklab.answering.trained import Trained
from groklab.baselines.interpolation import Interpolation
from groklab.data.prepared import Arrays
from groklab.evaluation.predictions import Predictions
from groklab.layers.canvas import off_canvas, on_canvas

_TILE, _PICTURES, _FRAME = 256, 5, 72  # pixels of a small image, images, pixels of a large one


class SuperResolution(Answering):
    """Outputs are images of whole numbers from 0 to 255, on a canvas."""

    kind = "super_resolution"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Enlarged images [n, channels, height, width]; those of the test part without the edge that is not scored."""
        scale = scale_of(run)
        edge = (scale * arrays.x.shape[2] - arrays.y.shape[2]) // 2
        images = [enlarged(run.model, image, scale) for image in off_canvas(np.asarray(arrays.x))]
        return on_canvas([image[:, edge : -edge or None, edge : -edge or None] for image in images], np.float16)

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``before_and_after``: images before, by interpolation, by the network, and as they are."""
        from groklab.evaluation.super_resolution_pictures import before_and_after

        small, scale = np.asarray(run.prepared.open("test").x[:_PICTURES]), scale_of(run)
        versions = {
            f"{scale} times smaller": Interpolation(scale=scale, method="nearest").predict(small),
            "bicubic": Interpolation(scale=scale, method="bicubic").predict(small),
            "network": predictions.outputs[:_PICTURES],
            "truth": predictions.targets[:_PICTURES],
        }
        images = {name: off_canvas(canvas) for name, canvas in versions.items()}
        rows = [dict(zip(images, row, strict=True)) for row in zip(*images.values(), strict=True)]
        return {"before_and_after": before_and_after(rows, size=_FRAME)}, {}

    def answer(self, run: Trained, path: Path, output: Path | None) -> str:
        """The image in a file, or each of a folder, as PNG files.

        Raises:
            UserError: A file is no image, or it is not said where to write.
        """
        channels, scale = run.prepared.card.shape[0], scale_of(run)
        return enlarge_files(path, output, lambda image: _as_trained(run.model, image, scale, channels), scale)

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """None: answers are images."""
        return []


def scale_of(run: Trained) -> int:
    """How many pixels become of one, along each side."""
    return int(run.config["data"]["scale"])


def enlarged(model: nn.Module, image: NDArray[Any], scale: int, *, tile: int = _TILE) -> NDArray[np.uint8]:
    """A larger image of whole numbers, computed in tiles that see so much around them that no seam is left.

    Args:
        model: From pixels [n, channels, height, width] to pixels.
        image: [channels, height, width].
        scale: What the model does.
        tile: Height and width of what is computed at once, in pixels of ``image``.
    """
    channels, height, width = image.shape
    larger = np.empty((channels, scale * height, scale * width), np.uint8)
    around = reach(model)
    with torch.inference_mode():
        for top in range(0, height, tile):
            for left in range(0, width, tile):
                above, before = max(top - around, 0), max(left - around, 0)
                piece = np.array(image[:, above : top + tile + around, before : left + tile + around], np.float32)
                said = model(torch.from_numpy(piece)[None])[0].numpy()
                said = said[:, scale * (top - above) :, scale * (left - before) :][:, : scale * tile, : scale * tile]
                place = larger[:, scale * top :, scale * left :][:, : said.shape[1], : said.shape[2]]
                place[:] = np.clip(np.floor(said + 0.5), 0, 255)
    return larger


def reach(model: nn.Module) -> int:
    """How far the convolutions of a network see at most, one after the other, and the interpolation: in pixels."""
    convolutions = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
    sizes = [module.dilation[0] * (module.kernel_size[0] // 2) for module in convolutions]
    return 2 + sum(sizes)


def _as_trained(model: nn.Module, image: NDArray[Any], scale: int, channels: int) -> NDArray[np.uint8]:
    """Colour by a network of grey images: each channel as one of them; grey by one of colour: three times the same."""
    if channels == len(image):
        return enlarged(model, image, scale)
    if channels == 1:
        return np.concatenate([enlarged(model, channel[None], scale) for channel in image])
    return enlarged(model, np.repeat(image, channels, axis=0), scale)[:1]
