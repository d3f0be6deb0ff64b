"""How far two sets of points are from each other, as distributions and as manifolds."""

import numpy as np
from jaxtyping import Float
from scipy.spatial.distance import cdist

_AT_ONCE = 1000
Points = Float[np.ndarray, "_ features"]


def frechet_distance(a: Points, b: Points) -> float:
    """``|mean - mean'|^2 + tr(C + C' - 2 (C C')^(1/2))``: the squared distance of the normal distributions.

    Source: Dowson & Landau (1982), J. Multivariate Analysis 12(3), equation 16.
    """
    first, second = (np.atleast_2d(np.cov(points, rowvar=False)) for points in (a, b))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    middle = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return float(np.square(a.mean(0) - b.mean(0)).sum() + np.trace(first) + np.trace(second) - 2 * middle)


def coverage_of(points: Points, *, manifold: Points, neighbours: int) -> float:
    """Share of ``points`` no farther from a point of the manifold than that one's k-th neighbour is within it.

    Source: Kynkaanniemi et al. (2019), NeurIPS 32, equations 1 and 2.
    """
    kth = min(neighbours, len(manifold) - 1)
    reach = np.concatenate([np.partition(cdist(rows, manifold), kth, axis=1)[:, kth] for rows in _pieces(manifold)])
    return float(np.concatenate([(cdist(rows, manifold) <= reach).any(axis=1) for rows in _pieces(points)]).mean())


def _pieces(points: Points) -> list[np.ndarray]:
    """So few at once that their distances to ten thousand others fit into memory."""
    return [points[start : start + _AT_ONCE] for start in range(0, len(points), _AT_ONCE)]
