"""Images without any structure."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator


class UniformNoise(BaseEstimator):
    """Each number uniform over the range of the training part."""

    units: ClassVar[str] = "data"

    def fit(self, x: NDArray[Any], y: NDArray[Any]) -> "UniformNoise":
        """Keep shape and range."""
        self.shape_, self.range_, self.type_ = x.shape[1:], (float(x.min()), float(x.max())), x.dtype
        return self

    def sample(self, labels: NDArray[Any], *, seed: int) -> NDArray[Any]:
        """One image a label, whatever it says."""
        images = np.random.default_rng(seed).uniform(*self.range_, size=(len(labels), *self.shape_))
        return (np.rint(images) if self.type_.kind in "iu" else images).astype(self.type_)
