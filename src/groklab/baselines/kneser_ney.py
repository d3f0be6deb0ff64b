"""Modified Kneser-Ney discounts: what is taken from the tokens seen after a context and left to all others."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
_PLAIN_DISCOUNT, _LEAST_DISCOUNT = 0.5, 0.1


class Level(NamedTuple):
    """What follows the contexts of one length: ``p(token) = share + backoff * p_shorter(token)``.

    Contexts are numbered in the order of ``contexts``, keys of the one-shorter context's number and the older
    token; ``grams`` are keys of a context's number and the token that follows.
    """

    contexts: Int64
    grams: Int64
    shares: Float64
    backoffs: Float64


def discounted_level(contexts: Int64, grams: Int64, counts: Int64, size: int) -> Level:
    """The level of ``grams`` that were counted ``counts`` times after one of ``contexts``; ``size`` tokens in all."""
    of = grams // size
    totals = np.bincount(of, counts, minlength=len(contexts))
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    given_back = np.bincount(of, discounts, minlength=len(contexts))
    backoffs = np.divide(given_back, totals, out=np.ones(len(contexts)), where=totals > 0)
    return Level(contexts, grams, (counts - discounts) / totals[of], backoffs)


def _discounts(counts: Int64) -> Float64:
    """For counts 0, 1, 2 and 3 or more."""
    n1, n2, n3, n4 = (int((counts == number).sum()) for number in (1, 2, 3, 4))
    if 0 in (n1, n2, n3, n4):
        return np.array([0, *[_PLAIN_DISCOUNT] * 3])
    y = n1 / (n1 + 2 * n2)
    estimated = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
    return np.array([0, *np.clip(estimated, _LEAST_DISCOUNT, [1, 2, 3])])
