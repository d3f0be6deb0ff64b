"""Whole numbers drawn by ``random()`` alone, which every version of numpy draws alike."""

import numpy as np


def below(draw: np.random.Generator, bound: int) -> int:
    """0 to ``bound - 1``, each equally likely."""
    return int(draw.random() * bound)


def between(draw: np.random.Generator, bounds: tuple[int, int]) -> int:
    """The first bound to the second, both included, each equally likely."""
    return bounds[0] + below(draw, bounds[1] - bounds[0] + 1)
