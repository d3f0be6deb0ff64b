"""Small predictions to score."""

import numpy as np

from groklab.evaluation.predictions import Predictions


def keys(count: int) -> np.ndarray:
    return np.array([f"{number:04x}" for number in range(count)])


def classified(outputs, targets, *, dtype=np.float64, split="test") -> Predictions:
    return Predictions(
        np.array(outputs, dtype),
        np.array(targets, np.int64),
        keys=keys(len(targets)),
        split=split,
        kind="classification",
    )


def valued(outputs, targets, *, split="test") -> Predictions:
    """Lists of numbers, one target, or of lists."""
    outputs, targets = (np.array(values, np.float64) for values in (outputs, targets))
    shape = (len(targets), -1)
    return Predictions(
        outputs.reshape(shape), targets.reshape(shape), keys=keys(len(targets)), split=split, kind="regression"
    )


def drawn_classes(count: int, classes: int, *, seed: int = 0) -> Predictions:
    draw = np.random.default_rng(seed)
    targets = np.arange(count) % classes
    odds = np.exp(draw.normal(size=(count, classes)) + 1.5 * np.eye(classes)[targets])
    return classified(odds / odds.sum(1, keepdims=True), targets)


def drawn_values(count: int, num_targets: int, *, seed: int = 0) -> Predictions:
    draw = np.random.default_rng(seed)
    targets = draw.normal(100, 20, size=(count, num_targets))
    return valued(targets + draw.normal(size=targets.shape), targets)


def rows(predictions: Predictions, order) -> Predictions:
    return Predictions(
        predictions.outputs[order],
        predictions.targets[order],
        keys=predictions.keys[order],
        split=predictions.split,
        kind=predictions.kind,
    )
