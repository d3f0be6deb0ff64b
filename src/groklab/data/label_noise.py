"""Labels that are wrong on purpose."""

import numpy as np
from jaxtyping import Int64, Shaped

from groklab.data.split import ranks


def with_noise(
    labels: Int64[np.ndarray, " examples"],
    keys: Shaped[np.ndarray, " examples"],
    *,
    share: float,
    num_classes: int,
    seed: int,
) -> Int64[np.ndarray, " examples"]:
    """``labels``, of which exactly ``round(share * examples)`` are replaced by another class, drawn uniformly.

    Which, and by what, depends on ``seed`` and content: what a small share replaces, a larger one replaces alike.

    Args:
        labels: Class numbers.
        keys: Content hashes.
        share: From 0 to below 1.
        num_classes: How many there are, at least 2.
        seed: Of the draws.

    Source: symmetric noise, Patrini et al. (2017), CVPR.
    """
    struck = np.argsort(ranks(f"{seed}/label_noise", keys), kind="stable")[: round(share * len(labels))]
    drawn = ranks(f"{seed}/label_noise/class", keys[struck])
    steps = np.array([1 + int(text, 16) % (num_classes - 1) for text in drawn.tolist()], np.int64)
    noisy = labels.copy()
    noisy[struck] = (labels[struck] + steps) % num_classes
    return noisy
