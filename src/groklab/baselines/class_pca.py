"""Images from a normal distribution of each class, in its principal components."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import PositiveInt
from sklearn.base import BaseEstimator


class ClassPCA(BaseEstimator):
    """``mean of the class + sum_i z_i sqrt(variance_i) component_i``, z standard normal, cut to the data's range.

    Args:
        components: Principal components of a class, at most; a class of fewer images has one less than those.

    Source: Turk & Pentland (1991), J. Cognitive Neuroscience 3(1), as a distribution to draw from.
    """

    units: ClassVar[str] = "data"

    def __init__(self, components: PositiveInt = 50) -> None:
        self.components = components

    def fit(self, x: NDArray[Any], y: NDArray[Any]) -> "ClassPCA":
        """Mean and scaled components of each class."""
        self.shape_, self.range_, self.type_ = x.shape[1:], (float(x.min()), float(x.max())), x.dtype
        self.known_ = {int(label): self._describe(np.asarray(x[y == label], np.float64)) for label in np.unique(y)}
        return self

    def sample(self, labels: NDArray[Any], *, seed: int) -> NDArray[Any]:
        """One image a label."""
        choose = np.random.default_rng(seed)
        images = np.zeros((len(labels), int(np.prod(self.shape_))))
        for label in np.unique(labels):
            mean, scaled = self.known_.get(int(label)) or next(iter(self.known_.values()))
            wanted = np.flatnonzero(labels == label)
            images[wanted] = mean + choose.standard_normal((len(wanted), len(scaled))) @ scaled
        images = images.clip(*self.range_).reshape(len(labels), *self.shape_)
        return (np.rint(images) if self.type_.kind in "iu" else images).astype(self.type_)

    def _describe(self, x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = x.reshape(len(x), -1)
        mean = rows.mean(0)
        _, lengths, components = np.linalg.svd(rows - mean, full_matrices=False)
        most = min(self.components, max(len(rows) - 1, 0))
        scaled = lengths[:most, None] * components[:most] / np.sqrt(max(len(rows) - 1, 1))
        return mean, scaled
