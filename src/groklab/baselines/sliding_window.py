"""Detection as it was before networks: one window slid over the image at many sizes."""

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import NonNegativeInt, PositiveFloat, PositiveInt
from sklearn.base import BaseEstimator
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from groklab.baselines.gradient_histograms import gradient_histograms

Array = NDArray[Any]
_MARGIN = 1.25  # a window is so much longer than the object in it
_STEP = 1.25  # from one size of a window to the next
_MOST, _PER_LEVEL = 100, 60  # boxes of an image; the surest windows of a size that are looked at
_APART = 0.3  # IoU with every object below which a window shows background


class SlidingWindow(BaseEstimator):
    """Gradient histograms of a square window, told apart by a linear discriminant; overlaps of a class suppressed.

    Windows are as long as the objects of the training part are, from the 5th to the 95th percentile; a box has its
    class's mean proportions.

    Args:
        cells: Of a window, along a side.
        cell: Pixels of a cell.
        bins: Directions of edges.
        most_objects: Training objects that are looked at.
        threshold: IoU above which the less sure of two boxes of a class is left out.
        random_state: Seed of the background windows.

    Source: Dalal & Triggs (2005), CVPR; linear discriminant: Hariharan, Malik & Ramanan (2012), ECCV.
    """

    units: ClassVar[Literal["data", "standardized"]] = "data"

    def __init__(
        self,
        *,
        cells: PositiveInt = 8,
        cell: PositiveInt = 4,
        bins: PositiveInt = 9,
        most_objects: PositiveInt = 4000,
        threshold: PositiveFloat = 0.4,
        random_state: NonNegativeInt = 0,
    ) -> None:
        self.cells, self.cell, self.bins = cells, cell, bins
        self.most_objects, self.threshold, self.random_state = most_objects, threshold, random_state

    def fit(self, x: ArrayLike, y: ArrayLike) -> "SlidingWindow":
        """Fit to images [n, channels, height, width] of 0 to 255 and boxes [n, most, 5], NaN for none.

        Raises:
            ValueError: There is no box.
        """
        images, boxes = np.asarray(x), np.asarray(y)
        draw = np.random.default_rng(self.random_state)
        image, row = np.nonzero(~np.isnan(boxes[..., 0]))
        if not len(image):
            raise ValueError("no image has a box")
        chosen = np.sort(draw.permutation(len(image))[: self.most_objects])
        image, known = image[chosen], boxes[image[chosen], row[chosen]]
        classes, size = known[:, 0].astype(np.int64), known[:, 3:] - known[:, 1:3]
        longest = size.max(axis=1)
        low, high = np.percentile(longest, [5, 95])
        number = 1 + int(np.ceil(np.log(high / low) / np.log(_STEP)))
        self.lengths_ = np.geomspace(low, high, number)
        self.classes_ = np.unique(classes)
        shares = size / longest[:, None]
        self.proportions_ = np.stack([shares[classes == class_].mean(axis=0) for class_ in self.classes_])
        centre = (known[:, 1:3] + known[:, 3:]) / 2
        shown = [
            self._window(images[of], at[0], at[1], length)
            for of, at, length in zip(image, centre, longest, strict=True)
        ]
        empty = [self._window(images[of], *place) for of, place in self._background(images, boxes, len(shown), draw)]
        features = np.stack([*shown, *empty])
        labels = np.concatenate([classes, np.full(len(empty), -1)])
        self._model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto").fit(features, labels)
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.float32]:
        """Rows of class, score, left, top, right, bottom [n, 100, 6], the surest first, NaN for none."""
        images = np.asarray(x)
        answers = np.full((len(images), _MOST, 6), np.nan, np.float32)
        for answer, image in zip(answers, images, strict=True):
            found = np.concatenate([self._slide(image, length) for length in self.lengths_])
            found = _suppressed(found, self.threshold)[:_MOST]
            answer[: len(found)] = found
        return answers

    def _slide(self, image: Array, length: float) -> Array:
        """The surest windows in which an object ``length`` pixels long would fit."""
        scale = self.cells * self.cell / (_MARGIN * length)
        edge = self.cells // 2 * self.cell  # so that objects at the border have whole windows
        wide = np.pad(_resized(image, scale), ((0, 0), (edge, edge), (edge, edge)), mode="edge")
        cells = gradient_histograms(wide, cell=self.cell, bins=self.bins)
        windows = np.lib.stride_tricks.sliding_window_view(cells, (self.cells, self.cells), axis=(0, 1))  # type: ignore[call-overload]
        rows, columns = windows.shape[:2]
        features = windows.transpose(0, 1, 3, 4, 2).reshape(rows * columns, -1)
        likely = self._model.predict_proba(features)[:, 1:]  # the first class is the background
        surest = np.argsort(-likely.max(axis=1), kind="stable")[:_PER_LEVEL]
        class_ = likely[surest].argmax(axis=1)
        middle = np.stack([surest % columns, surest // columns], axis=1) * self.cell + self.cells * self.cell / 2 - edge
        half = length * self.proportions_[class_] / 2
        limits = np.array([image.shape[2], image.shape[1]])
        low, high = (np.clip(middle / scale + side, 0, limits) for side in (-half, half))
        return np.column_stack([self.classes_[class_], likely[surest, class_], low, high])

    def _window(self, image: Array, x: float, y: float, length: float) -> Array:
        """The features of the window about an object."""
        side = self.cells * self.cell
        half = _MARGIN * length / 2
        piece = _cut(image, x - half, y - half, x + half, y + half, side)
        return gradient_histograms(piece, cell=self.cell, bins=self.bins).ravel()

    def _background(
        self, images: Array, boxes: Array, number: int, draw: np.random.Generator
    ) -> list[tuple[int, tuple[float, float, float]]]:
        """Images and windows (x, y, length) in which no object lies, twice ``number`` are tried."""
        found = []
        for _ in range(2 * number):
            image = int(draw.integers(len(images)))
            length = float(draw.choice(self.lengths_))
            x, y = (float(draw.uniform(0, side)) for side in images.shape[:1:-1])
            window = np.array([x - length / 2, y - length / 2, x + length / 2, y + length / 2])
            there = boxes[image][~np.isnan(boxes[image, :, 0]), 1:]
            if not len(there) or _iou(window, there).max() < _APART:
                found.append((image, (x, y, length)))
        return found


def _resized(image: Array, scale: float) -> Array:
    height, width = (max(1, round(scale * side)) for side in image.shape[1:])
    return _as_pillow(image, lambda picture, filter_: picture.resize((width, height), filter_))


def _cut(image: Array, left: float, top: float, right: float, bottom: float, side: int) -> Array:
    """A square of the image, made ``side`` pixels long; its edges are repeated outwards."""
    margin = int(np.ceil(max(0.0, -left, -top, right - image.shape[2], bottom - image.shape[1])))
    wide = np.pad(image, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    box = (left + margin, top + margin, right + margin, bottom + margin)
    return _as_pillow(wide, lambda picture, filter_: picture.resize((side, side), filter_, box=box))


def _as_pillow(image: Array, change: Any) -> Array:
    from PIL import Image

    pixels = np.clip(image, 0, 255).astype(np.uint8)
    changed = [change(Image.fromarray(np.ascontiguousarray(of)), Image.Resampling.BILINEAR) for of in pixels]
    return np.stack([np.asarray(channel) for channel in changed])


def _suppressed(rows: Array, threshold: float) -> Array:
    """Rows of class, score and edges without those that overlap a surer one of their class; the surest first."""
    rows = rows[np.argsort(-rows[:, 1], kind="stable")]
    kept: list[int] = []
    left = np.ones(len(rows), bool)
    for number, row in enumerate(rows):
        if left[number]:
            kept.append(number)
            left &= ~((rows[:, 0] == row[0]) & (_iou(row[2:], rows[:, 2:]) > threshold))
    return rows[kept]


def _iou(box: Array, boxes: Array) -> Array:
    shared = np.clip(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    whole: Array = shared / np.maximum((box[2:] - box[:2]).prod() + areas - shared, 1e-9)
    return whole
