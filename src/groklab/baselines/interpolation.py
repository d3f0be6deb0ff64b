"""Images enlarged without learning."""

from typing import Any, ClassVar, Literal

import numpy as np
import torch
from jaxtyping import Float16
from numpy.typing import ArrayLike, NDArray
from pydantic import PositiveInt
from sklearn.base import BaseEstimator

from groklab.layers.bicubic import Bicubic
from groklab.layers.canvas import off_canvas, on_canvas


class Interpolation(BaseEstimator):
    """Each pixel ``scale * scale`` times (nearest), or a cubic through them (:class:`Bicubic`).

    It learns nothing. Of an enlarged image the outermost ``scale`` pixels are left out, as of the truth.

    Args:
        scale: How many pixels become of one, along each side; >= 2.
        method: How.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"

    def __init__(self, *, scale: PositiveInt, method: Literal["nearest", "bicubic"]) -> None:
        self.scale, self.method = scale, method

    def fit(self, x: ArrayLike, y: ArrayLike) -> "Interpolation":
        """Nothing to be done."""
        return self

    def predict(self, x: ArrayLike) -> Float16[np.ndarray, "images channels height width"]:
        """Enlarged images of whole numbers from 0 to 255 on a canvas, from small ones on a canvas."""
        edge = slice(self.scale, -self.scale)
        enlarged = [self._enlarged(image)[:, edge, edge] for image in off_canvas(np.asarray(x))]
        return on_canvas([np.clip(np.floor(image + 0.5), 0, 255) for image in enlarged], np.float16)

    def _enlarged(self, image: NDArray[Any]) -> NDArray[Any]:
        if self.method == "nearest":
            return image.repeat(self.scale, axis=1).repeat(self.scale, axis=2)
        with torch.inference_mode():
            larger: NDArray[Any] = Bicubic(self.scale)(torch.from_numpy(np.array(image, np.float32))[None])[0].numpy()
        return larger
