"""How far a mean of few values may be from what more of them would give."""

from collections.abc import Sequence
from statistics import fmean, stdev


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """95 % interval of the mean by Student's t, ``mean +- t(0.975, n - 1) * s / sqrt(n)``; None below two values.

    It is right where the values are normal, and independent: seeds are; folds share training examples, so theirs is
    somewhat too narrow.
    """
    if len(values) < 2:
        return None
    from scipy.stats import t as student

    half = float(student.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    mean = fmean(values)
    return mean - half, mean + half
