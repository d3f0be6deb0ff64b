"""Scores of a detector."""

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions
from groklab.layers.average_precision import IOUS, RECALLS, AveragePrecision, average_precision

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Detection(Evaluation):
    """``ap`` (the mean over IoUs 0.50, 0.55, ... 0.95), ``ap50``, ``ap75`` and ``recall`` (the mean over those IoUs).

    Each is a mean over the classes that have a box, by the convention of COCO; a class without one has no precision,
    and the plots leave its place empty.

    Source: Lin et al. (2014), ECCV, computed by pycocotools. It alone of the evaluators for Python needs nothing but
        numpy and is the benchmark's own code.
    """

    kind = "detection"

    def __init__(self) -> None:
        self._known: weakref.WeakKeyDictionary[Predictions, AveragePrecision] = weakref.WeakKeyDictionary()

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``precision_recall`` and ``ap_by_class``."""
        from groklab.evaluation.detection_pictures import ap_by_class, precision_recall

        if self._undefined(predictions, ()):
            return {}
        found, boxes = self._found(predictions), _boxes(predictions)
        known = _names(names, len(boxes))
        return {
            "precision_recall": precision_recall(found, split=predictions.split),
            "ap_by_class": ap_by_class(found, known, boxes, split=predictions.split),
        }

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``precision_recall``: the mean over classes by IoU; ``ap_by_class``: empty for a class without a box."""
        if self._undefined(predictions, ()):
            return {
                "precision_recall": [{"iou": None, "recall": None, "precision": None}],
                "ap_by_class": [{"class": None, "boxes": 0, "ap50": None, "ap": None}],
            }
        found, boxes = self._found(predictions), _boxes(predictions)
        rows: list[Row] = [
            {"iou": f"{IOUS[number]:.2f}", "recall": round(recall, 2), "precision": round(float(precision), 5)}
            for number in (0, 5)
            for recall, precision in zip(RECALLS.tolist(), np.nanmean(found.precision[number], axis=1), strict=True)
        ]
        classes: list[Row] = [
            {"class": name, "boxes": count, "ap50": _rounded(at_half), "ap": _rounded(mean)}
            for name, count, at_half, mean in zip(
                _names(names, len(boxes)), boxes, found.by_class[0], found.by_class.mean(axis=0), strict=True
            )
        ]
        return {"precision_recall": rows, "ap_by_class": classes}

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {
            "ap": lambda given: self._found(given).at(),
            "ap50": lambda given: self._found(given).at(0.5),
            "ap75": lambda given: self._found(given).at(0.75),
            "recall": lambda given: float(np.nanmean(self._found(given).recall)),
        }

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        if not np.isnan(predictions.targets[..., 0]).all():
            return {}
        return dict.fromkeys(self._measures(), f"the {predictions.split} split holds no box")

    def _found(self, predictions: Predictions) -> AveragePrecision:
        if predictions not in self._known:
            size = len(_boxes(predictions))
            self._known[predictions] = average_precision(predictions.outputs, predictions.targets, num_classes=size)
        return self._known[predictions]


def _boxes(predictions: Predictions) -> list[int]:
    """How many true boxes each class has; as many classes as are named by a box that is there or said."""
    said, there = (rows[..., 0][~np.isnan(rows[..., 0])] for rows in (predictions.outputs, predictions.targets))
    size = int(max(said.max(initial=0), there.max(initial=0))) + 1
    counts: list[int] = np.bincount(there.astype(np.int64), minlength=size).tolist()
    return counts


def _names(names: Sequence[str] | None, size: int) -> list[str]:
    return list(names[:size]) if names else [str(number) for number in range(size)]


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 5)
