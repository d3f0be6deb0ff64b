"""Photographs, each beside itself made smaller."""

import io
from typing import Any, Unpack

import numpy as np
from jaxtyping import Shaped, UInt8
from pydantic import PositiveInt

from groklab.data.card import Split
from groklab.data.dataset import DataSet, Fraction
from groklab.data.reduction import crop_to_multiple, reduce
from groklab.data.statistics import Scales, statistics
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.layers.canvas import on_canvas

Array = np.ndarray[Any, Any]


class ImagePairs(DataSet):
    """Photographs to enlarge: what is loaded is the truth, and the inputs are made of it.

    Inputs are the photographs ``scale`` times smaller (:mod:`groklab.data.reduction`). Training and validation are
    pieces, uint8 [channels, height, width] beside [channels, scale * height, scale * width], as far apart as ``stride``
    says or a little nearer, so that they reach every edge; the test part is whole photographs, float32 on a canvas, NaN
    beyond an edge. Of the truth there the outermost ``scale`` pixels are left out, as benchmarks do: what they would
    need lies outside of the photograph.

    Args:
        name: Name of the prepared folder.
        shape: [channels, height, width] of a piece of input.
        num_features: Their product.
        num_outputs: Channels.
        scale: How many pixels become of one, along each side.
        stride: Pixels of input from one piece to the next.
        val_fraction: As :class:`DataSet` has it; of photographs, not of pieces.
        test_fraction: Likewise.
        split_seed: Likewise.

    Raises:
        ValueError: The shape is no image, or another argument is out of its range.
    """

    kind = "super_resolution"

    def __init__(
        self,
        *,
        name: str,
        shape: list[int],
        num_features: int | None,
        num_outputs: PositiveInt,
        scale: PositiveInt,
        stride: PositiveInt,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        **variation: Unpack[Variation],
    ) -> None:
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
        if len(shape) != 3 or num_outputs != shape[0]:
            raise ValueError(
                f"shape={list(shape)} must be [channels, height, width] with num_outputs={num_outputs} channels"
            )
        if scale < 2:
            raise ValueError(f"scale={scale} must be at least 2")
        self.scale, self.stride = scale, stride

    def examples(self, part: Split, x: Array, y: Array) -> tuple[Array, Array]:
        """Pieces of the photographs of a part, or the whole ones of the test part, small beside large.

        Raises:
            UserError: No photograph is as large as a piece.
        """
        large = [crop_to_multiple(photograph, self.scale) for photograph in x]
        pairs = [(reduce(photograph, self.scale), photograph) for photograph in large if min(photograph.shape) > 0]
        if part == "test":
            edge = slice(self.scale, -self.scale)
            inputs, truths = [small for small, _ in pairs], [truth[:, edge, edge] for _, truth in pairs]
            return on_canvas(inputs), on_canvas(truths)
        assert self.shape is not None, "given to the constructor"
        cut = [pieces(*pair, self.shape[1:], stride=self.stride) for pair in pairs]
        small, truth = (np.concatenate([of[which] for of in cut]) for which in (0, 1))
        if not len(small):
            least = [size * self.scale for size in self.shape[1:]]
            raise UserError(
                f"data {self.name}: no photograph of the {part} part has {least[0]} x {least[1]} pixels, which a piece "
                f"takes; give larger ones, or a smaller shape than {list(self.shape)}"
            )
        return small, truth

    def scaling(self, x: Array, y: Array) -> Scales:
        """One mean and one deviation for all channels, so that grey stays grey."""
        return statistics(x, None, axes=(0, 1, 2, 3))


def pieces(
    small: UInt8[np.ndarray, "channels height width"],
    large: UInt8[np.ndarray, "channels large_height large_width"],
    size: tuple[int, ...],
    *,
    stride: int,
) -> tuple[Shaped[np.ndarray, "pieces channels size0 size1"], Shaped[np.ndarray, "pieces channels large0 large1"]]:
    """All pieces of ``size`` of an image and what they show in the larger one; none of an image that is too small."""
    scale = large.shape[1] // small.shape[1]
    found: list[tuple[Array, Array]] = []
    for top in _starts(small.shape[1], size[0], stride):
        for left in _starts(small.shape[2], size[1], stride):
            rows, columns = (slice(start, start + of) for start, of in zip((top, left), size, strict=True))
            wide = (slice(scale * cut.start, scale * cut.stop) for cut in (rows, columns))
            found.append((small[:, rows, columns], large[(slice(None), *wide)]))
    if not found:
        channels = len(small)
        return (
            np.zeros((0, channels, *size), np.uint8),
            np.zeros((0, channels, *(scale * of for of in size)), np.uint8),
        )
    return np.stack([piece for piece, _ in found]), np.stack([piece for _, piece in found])


def _starts(length: int, size: int, stride: int) -> list[int]:
    """From one edge to the other in equal steps of at most ``stride``, rounded; none where ``size`` does not fit."""
    if length < size:
        return []
    steps = -(-(length - size) // stride)
    return [0] if steps == 0 else [(number * (length - size) + steps // 2) // steps for number in range(steps + 1)]


def photograph(content: bytes) -> UInt8[np.ndarray, "3 height width"]:
    """The pixels of an image file; a grey one has its one channel three times."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return np.ascontiguousarray(np.asarray(image.convert("RGB")).transpose(2, 0, 1))


def in_one_array(photographs: list[UInt8[np.ndarray, "3 height width"]]) -> Array:
    """Images of any size as an array of objects, which numpy would else try to stack."""
    together = np.empty(len(photographs), object)
    together[:] = photographs
    return together
