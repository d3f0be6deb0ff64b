"""Scores of images that a model draws."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import PositiveInt

from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions
from groklab.layers.manifold import coverage_of, frechet_distance

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PRESENT = 0.1  # of the share that a class has among the images that were held out


class Generation(Evaluation):
    """``frechet_distance``, ``manifold_precision``, ``manifold_recall``, ``class_coverage`` and ``diversity``.

    Outputs and targets hold features of drawn and of held-out images, and in the last column the number of the class
    that a classifier takes each for, -1 without one. Precision is the share of drawn images within the k-NN manifold
    of the held-out ones, recall that of the held-out ones within that of the drawn ones. ``class_coverage`` is the
    share of classes that are drawn at least a tenth as often as they are held out. ``diversity`` is the variance of
    the features, drawn over held out.

    Args:
        classifier: A model in ``models/`` or a run's id, whose features are taken; None for components of the pixels.
        num_features: Principal components of the features that are kept, at most.
        neighbours: k of the manifolds.

    Source: Heusel et al. (2017), NIPS 30, section 3; Kynkaanniemi et al. (2019), NeurIPS 32, section 2.
    """

    kind = "generation"

    def __init__(
        self, *, classifier: str | None = None, num_features: PositiveInt = 64, neighbours: PositiveInt = 3
    ) -> None:
        self.classifier, self.num_features, self.neighbours = classifier, num_features, neighbours

    def undefined(self, predictions: Predictions, *, names: Sequence[str] | None = None) -> dict[str, str]:
        """As :class:`Evaluation`; features have no names."""
        return super().undefined(predictions)

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``features``: drawn and held-out images in the first two components."""
        from groklab.evaluation.generation_picture import features_picture

        drawn, held_out = _features(predictions)
        return {"features": features_picture(drawn, held_out, split=predictions.split)} if drawn.shape[1] > 1 else {}

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``features``: the first two components of each image, and whether it is drawn."""
        rows: list[Row] = []
        for label, features in zip(("drawn", "held out"), _features(predictions), strict=True):
            pairs = features[:, [0, min(1, features.shape[1] - 1)]].astype(float)
            rows += [{"image": label, "first": first, "second": second} for first, second in pairs.tolist()]
        return {"features": rows}

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {
            "frechet_distance": lambda given: frechet_distance(*_features(given)),
            "manifold_precision": lambda given: self._covered(*_features(given)[::-1]),
            "manifold_recall": lambda given: self._covered(*_features(given)),
            "class_coverage": _class_coverage,
            "diversity": lambda given: _variance(_features(given)[0]) / _variance(_features(given)[1]),
        }

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        why = {}
        if min(len(predictions.outputs), len(predictions.targets)) <= self.neighbours:
            few = f"the {predictions.split} split holds no more than {self.neighbours} images"
            why = dict.fromkeys(("frechet_distance", "manifold_precision", "manifold_recall", "diversity"), few)
        if predictions.targets[:, -1].max() < 0:
            why["class_coverage"] = "no classifier says which classes were drawn"
        return why

    def _covered(self, manifold: NDArray[Any], points: NDArray[Any]) -> float:
        return coverage_of(points, manifold=manifold, neighbours=self.neighbours)


def _class_coverage(given: Predictions) -> float:
    drawn, held_out = (np.asarray(of[:, -1], np.int64) for of in (given.outputs, given.targets))
    most = int(max(drawn.max(), held_out.max())) + 1
    ours, theirs = (np.bincount(of, minlength=most) / len(of) for of in (drawn, held_out))
    return float((ours >= _PRESENT * theirs)[theirs > 0].mean())


def _features(given: Predictions) -> tuple[NDArray[Any], NDArray[Any]]:
    """Of drawn and of held-out images."""
    return np.asarray(given.outputs[:, :-1], np.float64), np.asarray(given.targets[:, :-1], np.float64)


def _variance(features: NDArray[Any]) -> float:
    return float(features.var(0).sum())
