"""How sure paired differences make an effect: interval, test, power, correction for many claims."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEVEL = 0.03  # of verdicts: of 400 about nothing, more than 5 % are wrong with a probability of 1 %
CONFIDENCE = 0.95  # of intervals
POWER = 0.8
_EXACT = 13  # from so many pairs on, 10,000 random sign flips stand for all
_RESAMPLES = 9_999


@dataclass(frozen=True)
class Effect:
    """What paired differences tell.

    Args:
        mean: Of the differences.
        low, high: BCa bootstrap interval of the mean (Efron 1987, JASA 82(397)).
        deviation: Standard deviation of the differences.
        above: p value of "the mean is at most the bound" against "it is above", the bound being what was asked.
        below: p value of the other direction.
        n: Pairs.
    """

    mean: float
    low: float
    high: float
    deviation: float
    above: float
    below: float
    n: int

    @property
    def standardized(self) -> float | None:
        """Mean over standard deviation of the differences (Cohen's d_z); None where they do not vary."""
        return self.mean / self.deviation if self.deviation > 0 else None


def effect(differences: Sequence[float], *, bound: float = 0.0) -> Effect:
    """The mean of paired differences with its interval, and tests of it against a bound.

    The test flips the signs of the differences less the bound, in every way where that is feasible: exact for any
    distribution that is symmetric about the bound where nothing is there to be found (Fisher 1935, section 21).

    Args:
        differences: One for each pair, at least two.
        bound: What the mean is tested against.

    Raises:
        ValueError: There are fewer than two.
    """
    values = np.asarray(differences, float)
    if len(values) < 2:
        raise ValueError(f"{len(values)} pairs tell nothing of their spread; give two or more")
    low, high = _interval(values)
    above, below = sign_flips(values - bound)
    return Effect(float(values.mean()), low, high, float(values.std(ddof=1)), above, below, len(values))


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    found = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=_RESAMPLES,
        confidence_level=CONFIDENCE,
        method="BCa",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)


def sign_flips(values: NDArray[np.float64]) -> tuple[float, float]:
    """p values of "the mean is not above 0" and of "it is not below 0", by flipping signs."""
    exact = len(values) <= _EXACT
    found = stats.permutation_test(
        (values,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf if exact else _RESAMPLES,
        alternative="greater",
        rng=np.random.default_rng(0),
    )
    as_low = int((found.null_distribution <= found.statistic + 1e-12 * abs(found.statistic)).sum())
    below = as_low / len(found.null_distribution) if exact else (as_low + 1) / (_RESAMPLES + 1)
    return float(found.pvalue), below


def two_sided(above: float, below: float) -> float:
    """The p value of both directions together (Bonferroni over the two)."""
    return min(1.0, 2 * min(above, below))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values that stay below a level with that probability all together (Holm 1979, Scand. J. Statist. 6)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return [float(value) for value in adjusted]


def power(size: float, deviation: float, n: int, *, alpha: float) -> float:
    """Probability that ``n`` pairs show a mean difference of ``size``: the paired t test's, by the noncentral t.

    Less ``alpha / 2``, the chance that the effect is taken for smaller than it is.

    Args:
        size: Of the true mean difference.
        deviation: Standard deviation of the differences.
        n: Pairs.
        alpha: Level of the two-sided test.
    """
    if deviation == 0:
        return 1.0 if size > 0 else 0.0
    critical = stats.t.ppf(1 - alpha / 2, n - 1)
    return max(0.0, float(stats.nct.sf(critical, n - 1, size / deviation * n**0.5)) - alpha / 2)


def pairs_needed(size: float, deviation: float, *, alpha: float) -> int | None:
    """Fewest pairs that show a mean difference of ``size`` with power 0.8; None where 100,000 do not.

    A sign-flip test of n pairs has no p value below ``2 / 2**n``, which counts too.
    """
    low, high = 2, 2
    while power(size, deviation, high, alpha=alpha) < POWER or 2 / 2**high > alpha:
        low, high = high, 2 * high
        if high > 200_000:
            return None
    while low < high:
        middle = (low + high) // 2
        enough = power(size, deviation, middle, alpha=alpha) >= POWER and 2 / 2**middle <= alpha
        low, high = (low, middle) if enough else (middle + 1, high)
    return high
