"""Real images of the training part: what no generator can be asked to surpass."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator


class RealImages(BaseEstimator):
    """Draws from the training part itself, without replacement where a class has enough of them.

    Its Frechet distance to the held-out images is not 0, for both are samples: the floor for a number of images.
    """

    units: ClassVar[str] = "data"

    def fit(self, x: NDArray[Any], y: NDArray[Any]) -> "RealImages":
        """Keep the images by class."""
        self.x_, self.y_ = np.asarray(x), np.asarray(y)
        return self

    def sample(self, labels: NDArray[Any], *, seed: int) -> NDArray[Any]:
        """One image a label."""
        choose = np.random.default_rng(seed)
        rows = np.zeros(len(labels), np.intp)
        for label in np.unique(labels):
            wanted, there = np.flatnonzero(labels == label), np.flatnonzero(self.y_ == label)
            there = there if len(there) else np.arange(len(self.y_))
            rows[wanted] = choose.choice(there, len(wanted), replace=len(wanted) > len(there))
        return np.asarray(self.x_[rows])
