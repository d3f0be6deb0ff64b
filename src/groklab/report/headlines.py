"""The metrics by which a network and a baseline are compared, as functions of the stored predictions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


_IN_ORDER = ("accuracy", "nats_per_character", "r2")


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


HEADLINES = {
    "accuracy": Headline(True, _accuracy, accuracy_difference),
    "r2": Headline(True, _r2, r2_difference),
    "rmse": Headline(False, _rmse, _rmse_difference),
    "nats_per_character": Headline(False, _nats, _nats_difference),
}
