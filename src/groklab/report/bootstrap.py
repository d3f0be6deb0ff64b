"""Paired bootstrap over test examples: how far another draw of examples could move a difference of scores."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from groklab.report.records import Interval

Statistic = Callable[[NDArray[np.intp]], NDArray[np.float64]]

_MAX_DRAWN_AT_ONCE = 500_000


def paired_interval(
    difference: Statistic,
    num_examples: int,
    *,
    overlap: int = 1,
    confidence: float = 0.95,
    num_resamples: int = 10_000,
    seed: int = 0,
) -> Interval | None:
    """The percentile interval of ``difference`` when the examples are drawn again with replacement.

    Both scores are computed on the same draw, so what makes an example hard for both cancels. The interval
    covers the choice of test examples only: not the seed of the training, not the split. Windows of a series that
    overlap are drawn in blocks of ``overlap``, so that what they share does not count as often as they share it.

    Args:
        difference: Maps example indices [resamples, num_examples] to one difference per resample; NaN
            where it is undefined on that draw.
        num_examples: Test examples, >= 1.
        overlap: So many examples in a row are no independent ones.
        confidence: Coverage aimed at, in (0, 1).
        num_resamples: Draws; 10,000 hold the end points to about a hundredth of the interval's width.
        seed: Of the draws.

    Returns:
        None where the difference is undefined on more than one draw in a hundred.

    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; circular blocks: Politis & Romano
        (1992), "A circular block-resampling procedure for stationary data".
    """
    draw = np.random.default_rng(seed)
    at_once = max(1, _MAX_DRAWN_AT_ONCE // num_examples)
    values = np.concatenate(
        [
            difference(_drawn(draw, min(at_once, num_resamples - start), num_examples, min(overlap, num_examples)))
            for start in range(0, num_resamples, at_once)
        ]
    )
    defined = values[np.isfinite(values)]
    if len(defined) < 0.99 * num_resamples:
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), float(high), confidence, num_examples, num_resamples)


def _drawn(draw: np.random.Generator, resamples: int, num_examples: int, block: int) -> NDArray[np.intp]:
    """[resamples, num_examples]: blocks of consecutive examples, the first following the last."""
    starts = draw.integers(num_examples, size=(resamples, -(-num_examples // block)))
    rows = (starts[:, :, None] + np.arange(block)) % num_examples
    return np.asarray(rows.reshape(resamples, -1)[:, :num_examples])


def accuracy(outputs: NDArray, targets: NDArray) -> NDArray[np.float64]:
    """1 where the largest output (of outputs [n] or [n, 1]: the class itself) is the target, else 0; [n]."""
    scores = outputs.reshape(len(outputs), -1)
    classes = scores.argmax(axis=1) if scores.shape[1] > 1 else scores[:, 0].round()
    return np.asarray(classes == targets.reshape(len(targets), -1)[:, 0], np.float64)


def r2(outputs: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """``1 - SS_residual / SS_total`` of [..., n, k] over n, then the mean over the k targets; [...].

    NaN where a target is constant, for then no share of its variance can be explained.
    """
    residual = np.square(targets - outputs).sum(axis=-2)
    total = np.square(targets - targets.mean(axis=-2, keepdims=True)).sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(total > 0, 1 - residual / total, np.nan)
    return np.asarray(shares.mean(axis=-1))


def accuracy_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    """Accuracy of ``network`` less that of ``baseline`` (outputs [n, classes] or classes [n]) on a draw."""
    gained = accuracy(network, targets) - accuracy(baseline, targets)
    return lambda indices: np.asarray(gained[indices].mean(axis=1))


def r2_difference(network: NDArray, baseline: NDArray, targets: NDArray) -> Statistic:
    """R2 of ``network`` less that of ``baseline`` (each [n] or [n, k]) on a draw."""
    y, a, b = (np.asarray(part, np.float64).reshape(len(part), -1) for part in (targets, network, baseline))
    return lambda indices: r2(a[indices], y[indices]) - r2(b[indices], y[indices])
