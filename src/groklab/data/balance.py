"""Whole groups into parts, class balance kept as well as they allow."""

import numpy as np
from jaxtyping import Int64

_MAX_ROUNDS = 20
_ROUNDING = 1e-12  # a smaller gain is none, and would let a group move for ever


def balance(
    members: Int64[np.ndarray, "groups classes"],
    want: Int64[np.ndarray, "parts classes"],
    *,
    order: Int64[np.ndarray, " groups"],
) -> Int64[np.ndarray, " groups"]:
    """The part of each group.

    Groups are dealt out from the largest to where they are missed most, then moved singly while that brings
    ``sum(((have - want) / size of class)**2)`` down. A part without a class weighs more than any imbalance.

    Args:
        members: Examples of each class in each group.
        want: Examples of each class that each part should have.
        order: The groups in the order that decides between equals.
    """
    scale = 1 / np.maximum(members.sum(axis=0), 1)
    have = np.zeros_like(want)

    def imbalance() -> float:
        return float((((have - want) * scale) ** 2).sum())

    def cost() -> float:
        return imbalance() + (have.size + 1) * float((have == 0).sum())

    part = np.zeros(len(members), np.int64)
    largest_first = order[np.argsort(-members[order].sum(axis=1), kind="stable")]
    for group in largest_first:
        gains = []
        for number in range(len(want)):
            have[number] += members[group]
            gains.append(imbalance())
            have[number] -= members[group]
        part[group] = int(np.argmin(gains))
        have[part[group]] += members[group]

    for _ in range(_MAX_ROUNDS):
        moved = False
        for group in largest_first:
            have[part[group]] -= members[group]
            costs = []
            for number in range(len(want)):
                have[number] += members[group]
                costs.append(cost())
                have[number] -= members[group]
            best = int(np.argmin(costs))
            if costs[best] < costs[part[group]] - _ROUNDING:
                part[group], moved = best, True
            have[part[group]] += members[group]
        if not moved:
            break
    return part
