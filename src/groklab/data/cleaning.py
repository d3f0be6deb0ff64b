"""Rules by which examples are removed before the split, each counted."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Shaped

from groklab.data.conform import Examples
from groklab.data.dataset import Kind

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Cleaned:
    """What is left, in an order that depends on content alone: by key, then target, then group.

    Args:
        x: Examples.
        y: Targets.
        groups: Groups, or ``None``.
        keys: Content hashes, S64.
        rows_in: Examples before cleaning.
        non_finite_removed: Examples with a number that is missing or infinite, in x or y.
        conflicting_labels_removed: Examples with the x of another example of another class.
        duplicates_removed: Examples with the x and y of another one, beyond the first.
        rules: The rules in words, with what they removed.
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *outputs"]
    groups: Shaped[np.ndarray, " examples"] | None
    keys: Shaped[np.ndarray, " examples"]
    rows_in: int
    non_finite_removed: int
    conflicting_labels_removed: int
    duplicates_removed: int
    rules: tuple[str, ...]


def content_keys(x: Shaped[np.ndarray, " examples *shape"]) -> Shaped[np.ndarray, " examples"]:
    """Hex SHA-256 of each example's type, shape and bytes (little-endian, C order), as S64.

    A function of the example alone: neither its row nor the machine's byte order matters.
    """
    canonical = np.ascontiguousarray(x, dtype=x.dtype.newbyteorder("<"))
    start = hashlib.sha256(f"{canonical.dtype.str} {list(canonical.shape[1:])} ".encode())
    content, size = canonical.tobytes(), canonical.nbytes // max(len(canonical), 1)
    keys = np.empty(len(canonical), "S64")
    for number in range(len(canonical)):
        key = start.copy()
        key.update(content[number * size : (number + 1) * size])
        keys[number] = key.hexdigest()
    return keys


def clean(examples: Examples, kind: Kind) -> Cleaned:
    """Remove what cannot be learnt from, what contradicts itself and what would be in two parts at once."""
    rows_in = len(examples.x)
    kept = _take(examples, np.flatnonzero(_finite(examples.x) & _finite(examples.y)))
    keys = content_keys(kept.x)
    order = _content_order(kept, keys)
    kept, keys = _take(kept, order), keys[order]

    same_x = np.concatenate([[False], keys[1:] == keys[:-1]])[: len(keys)]
    same_y = np.concatenate([[False], _same_as_before(kept.y)])[: len(keys)]
    conflicting = np.zeros(len(keys), bool)
    if kind == "classification":
        content = np.cumsum(~same_x)
        conflicting = np.isin(content, content[same_x & ~same_y])
    duplicate = same_x & same_y & ~conflicting
    left = np.flatnonzero(~conflicting & ~duplicate)

    non_finite, conflicts, duplicates = rows_in - len(keys), int(conflicting.sum()), int(duplicate.sum())
    where = "x" if kind == "classification" else "x or y"  # a class is a number, or refused
    rules = [f"Examples with a missing or infinite number in {where} are removed ({non_finite})."]
    if kind == "classification":
        rules.append(f"Examples with equal x and different classes are all removed ({conflicts}).")
    rules.append(f"Of examples with equal x and y the first is kept, the others are removed ({duplicates}).")
    return Cleaned(*_take(kept, left), keys[left], rows_in, non_finite, conflicts, duplicates, tuple(rules))


def _take(examples: Examples, rows: Array) -> Examples:
    groups = None if examples.groups is None else examples.groups[rows]
    return Examples(examples.x[rows], examples.y[rows], groups)


def _finite(array: Array) -> Array:
    if array.dtype.kind != "f":
        return np.ones(len(array), bool)
    other = tuple(range(1, array.ndim))
    return np.asarray(np.isfinite(array).all(axis=other))


def _content_order(examples: Examples, keys: Array) -> Array:
    groups = [] if examples.groups is None else [examples.groups]
    targets = list(examples.y.T) if examples.y.ndim == 2 else [examples.y]
    return np.lexsort([*groups, *targets, keys])  # its last key counts most


def _same_as_before(y: Array) -> Array:
    return np.asarray((y[1:] == y[:-1]).all(axis=tuple(range(1, y.ndim))))
