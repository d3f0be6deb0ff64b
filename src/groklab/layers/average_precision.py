"""Average precision of boxes, by the evaluator of the COCO benchmark."""

import contextlib
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64
from numpy.typing import NDArray

IOUS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class AveragePrecision:
    """Precision over recall, class by class.

    Args:
        precision: [10 IoUs from 0.5 to 0.95, 101 recalls from 0 to 1, classes]; NaN for a class without a box.
        recall: The highest, [10 IoUs, classes]; NaN likewise.
    """

    precision: Float64[np.ndarray, "ious recalls classes"]
    recall: Float64[np.ndarray, "ious classes"]

    @property
    def by_class(self) -> Float64[np.ndarray, "ious classes"]:
        """Mean precision over recalls."""
        mean: NDArray[np.float64] = self.precision.mean(axis=1)
        return mean

    def at(self, iou: float | None = None) -> float:
        """Mean over the classes that have a box, at one IoU or over all ten."""
        chosen = self.by_class if iou is None else self.by_class[[int(np.argmin(np.abs(IOUS - iou)))]]
        return float(np.nanmean(chosen))


def average_precision(outputs: NDArray[Any], targets: NDArray[Any], *, num_classes: int) -> AveragePrecision:
    """Of what was said, and what is there.

    A box is found if one of its class says it with an IoU of at least the threshold; each is found once, by the surest.
    Precision at a recall is the best at that recall or a higher one. 100 boxes an image count.

    Args:
        outputs: Rows of class, score, left, top, right, bottom [n, most, 6], NaN for none.
        targets: Rows of class, left, top, right, bottom [n, most, 5], NaN for none; one box at least.
        num_classes: Classes are 0 to one less.

    Source: Lin et al. (2014), ECCV, and pycocotools' ``COCOeval``.
    """
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):  # it tells of its progress
        truth, said = COCO(), COCO()
        images = [{"id": number} for number in range(len(targets))]
        categories = [{"id": number} for number in range(num_classes)]
        for of, rows in ((truth, targets), (said, outputs)):
            of.dataset = {"images": images, "categories": categories, "annotations": _annotations(rows)}
            of.createIndex()
        evaluator = COCOeval(truth, said, "bbox")
        evaluator.params.areaRng, evaluator.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluator.params.maxDets = [100]
        evaluator.params.imgIds, evaluator.params.catIds = list(range(len(targets))), list(range(num_classes))
        evaluator.evaluate()
        evaluator.accumulate()
    precision = evaluator.eval["precision"][:, :, :, 0, 0]  # -1 for a class without a box
    recall = evaluator.eval["recall"][:, :, 0, 0]
    return AveragePrecision(np.where(precision < 0, np.nan, precision), np.where(recall < 0, np.nan, recall))


def _annotations(rows: NDArray[Any]) -> list[dict[str, Any]]:
    """Boxes as the evaluator takes them: numbers from 1, left, top, width, height."""
    image, place = np.nonzero(~np.isnan(rows[..., 0]))
    found = []
    for number, (of, row) in enumerate(zip(image.tolist(), rows[image, place].tolist(), strict=True), start=1):
        left, top, right, bottom = row[-4:]
        box = [left, top, right - left, bottom - top]
        annotation = {"id": number, "image_id": of, "category_id": int(row[0]), "bbox": box, "iscrowd": 0}
        annotation |= {"area": box[2] * box[3], "ignore": 0}
        if len(row) == 6:
            annotation["score"] = row[1]
        found.append(annotation)
    return found
