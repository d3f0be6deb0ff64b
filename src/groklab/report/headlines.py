"""The metrics by which a network and a baseline are compared, as functions of the stored predictions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groklab.layers.average_precision import average_precision
from groklab.layers.luma import luma
from groklab.layers.manifold import frechet_distance
from groklab.report.bootstrap import Statistic, accuracy, accuracy_difference, r2, r2_difference


@dataclass(frozen=True)
class Headline:
    """A metric of stored predictions.

    Args:
        higher_is_better: Which way is up.
        score: Of outputs and targets.
        difference: Of a network's and a baseline's outputs on the same targets, as a statistic of draws of examples;
            None where the metric is not one of examples drawn again.
    """

    higher_is_better: bool
    score: Callable[[NDArray, NDArray], float]
    difference: Callable[[NDArray, NDArray, NDArray], Statistic] | None


_IN_ORDER = (
    "accuracy",
    "nats_per_character",
    "r2",
    "word_error_rate",
    "character_error_rate",
    "psnr_y",
    "ap",
    "frechet_distance",
)


def headline_of(values: Mapping[str, float | None]) -> str | None:
    """Of the metrics in a file, the one to compare by."""
    if "mse" in values and "rmse" in values:  # a forecast
        return "rmse"
    return next((name for name in _IN_ORDER if name in values), None)


def _rows(values: NDArray) -> NDArray[np.float64]:
    return np.asarray(values, np.float64).reshape(len(values), -1)


def _accuracy(outputs: NDArray, targets: NDArray) -> float:
    return float(accuracy(outputs, targets).mean())


def _r2(outputs: NDArray, targets: NDArray) -> float:
    return float(r2(_rows(outputs), _rows(targets)))


def _rmse(outputs: NDArray, targets: NDArray) -> float:
    return float(np.sqrt(np.square(_rows(outputs) - _rows(targets)).mean()))


def _rmse_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    ours, theirs = (np.square(_rows(of) - _rows(targets)).mean(axis=1) for of in (network, baseline))
    return lambda drawn: np.asarray(np.sqrt(ours[drawn].mean(axis=1)) - np.sqrt(theirs[drawn].mean(axis=1)))


def _nats(outputs: NDArray, targets: NDArray) -> float:
    return float(-np.where(targets != 0, outputs, 0).sum() / (targets != 0).sum())


def _nats_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    more = np.where(targets != 0, baseline - network, 0).sum(axis=1)
    tokens = (targets != 0).sum(axis=1)
    return lambda drawn: np.asarray(more[drawn].sum(axis=1) / tokens[drawn].sum(axis=1))


def _psnr_of_each(outputs: NDArray, targets: NDArray) -> NDArray[np.float64]:
    errors = np.square(luma(outputs) - luma(targets)).reshape(len(targets), -1)
    return np.asarray(10 * np.log10(255**2 / np.nanmean(errors, axis=1)))


def _psnr(outputs: NDArray, targets: NDArray) -> float:
    return float(_psnr_of_each(outputs, targets).mean())


def _psnr_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    more = _psnr_of_each(network, targets) - _psnr_of_each(baseline, targets)
    return lambda drawn: np.asarray(more[drawn].mean(axis=1))


def _edits(outputs: NDArray, targets: NDArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from rapidfuzz.distance import Levenshtein

    pairs = [(actual[actual != 0], said[said != 0]) for actual, said in zip(targets, outputs, strict=True)]
    edits = [Levenshtein.distance(actual.tolist(), said.tolist()) for actual, said in pairs]
    return np.array(edits), np.array([len(actual) for actual, _ in pairs])


def _error_rate(outputs: NDArray, targets: NDArray) -> float:
    edits, lengths = _edits(outputs, targets)
    return float(edits.sum() / lengths.sum())


def _error_rate_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    (ours, lengths), (theirs, _) = (_edits(of, targets) for of in (network, baseline))
    return lambda drawn: np.asarray((ours - theirs)[drawn].sum(axis=1) / lengths[drawn].sum(axis=1))


def _ap(outputs: NDArray, targets: NDArray) -> float:
    size = int(np.nanmax(np.concatenate([outputs[..., 0].ravel(), targets[..., 0].ravel()]))) + 1
    return average_precision(outputs, targets, num_classes=size).at()


def _frechet(outputs: NDArray, targets: NDArray) -> float:
    return frechet_distance(*(np.asarray(of[:, :-1], np.float64) for of in (outputs, targets)))


# Shown among the baselines, but no rivals: what nobody can be asked to surpass.
BOUNDS = ("real_images",)
HEADLINES = {
    "accuracy": Headline(True, _accuracy, accuracy_difference),
    "r2": Headline(True, _r2, r2_difference),
    "rmse": Headline(False, _rmse, _rmse_difference),
    "nats_per_character": Headline(False, _nats, _nats_difference),
    "word_error_rate": Headline(False, _error_rate, _error_rate_difference),
    "character_error_rate": Headline(False, _error_rate, _error_rate_difference),
    "psnr_y": Headline(True, _psnr, _psnr_difference),
    "ap": Headline(True, _ap, None),
    "frechet_distance": Headline(False, _frechet, None),
}
