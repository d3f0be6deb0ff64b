"""How far a classifier's confidence can be trusted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binned_statistic

from groklab.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Reliability:
    """Examples in equal-width bins of confidence, the probability of the predicted class.

    Bins hold their lower edge, the last one holds 1 too. An empty bin has a count of 0 and NaN for the rest.

    Args:
        edges: Of the bins, [bins + 1], from 0 to 1.
        counts: Examples in each bin, [bins].
        confidence: Mean confidence in each bin, [bins].
        accuracy: Share of right answers in each bin, [bins].
    """

    edges: NDArray[Any]
    counts: NDArray[Any]
    confidence: NDArray[Any]
    accuracy: NDArray[Any]

    @classmethod
    def of(cls, predictions: Predictions, *, num_bins: int) -> "Reliability":
        """The bins of ``predictions``."""
        confidence = predictions.outputs.max(1).astype(np.float64).clip(0, 1)
        right = (predictions.outputs.argmax(1) == predictions.targets).astype(np.float64)
        bins = {"bins": num_bins, "range": (0, 1)}
        counts, edges, _ = binned_statistic(confidence, right, "count", **bins)
        (confidences, accuracies), _, _ = binned_statistic(confidence, [confidence, right], "mean", **bins)
        return cls(edges, counts, confidences, accuracies)

    @property
    def calibration_error(self) -> float:
        """``sum over bins of count / n * |accuracy - confidence|``, the expected calibration error.

        Source: Guo, Pleiss, Sun & Weinberger (2017), ICML, equation 3.
        """
        gaps = np.abs(self.accuracy - self.confidence)
        return float(np.nansum(self.counts * gaps) / self.counts.sum())
