"""Rules by which examples are removed before the split, each counted."""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Shaped

from groklab.data.conform import Examples
from groklab.data.dataset import Inputs
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]
_TEST = 2


@dataclass(frozen=True)
class Cleaned:
    """What is left, in an order that depends on content alone: by key, then target, then group.

    Args:
        x: Examples.
        y: Targets.
        groups: Groups, or ``None``.
        split: Fixed parts, or ``None``.
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
    split: Shaped[np.ndarray, " examples"] | None
    keys: Shaped[np.ndarray, " examples"]
    rows_in: int
    non_finite_removed: int
    conflicting_labels_removed: int
    duplicates_removed: int
    rules: tuple[str, ...]


def content_keys(x: Shaped[np.ndarray, " examples *shape"]) -> Shaped[np.ndarray, " examples"]:
    """Hex SHA-256 of each example's type, shape and bytes (little-endian, C order), as S64; of objects, their JSON.

    A function of the example alone: neither its row nor the machine's byte order matters.
    """
    if x.dtype.kind == "O" and len(x) and isinstance(x[0], np.ndarray):  # images of any size
        return np.concatenate([content_keys(item[None]) for item in x])
    if x.dtype.kind == "O":
        texts = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in x)
        return np.array([hashlib.sha256(f"object {text}".encode()).hexdigest() for text in texts], "S64")
    canonical = np.ascontiguousarray(x, dtype=x.dtype.newbyteorder("<"))
    start = hashlib.sha256(f"{canonical.dtype.str} {list(canonical.shape[1:])} ".encode())
    content, size = canonical.tobytes(), canonical.nbytes // max(len(canonical), 1)
    keys = np.empty(len(canonical), "S64")
    for number in range(len(canonical)):
        key = start.copy()
        key.update(content[number * size : (number + 1) * size])
        keys[number] = key.hexdigest()
    return keys


def clean(examples: Examples, kind: Kind, *, inputs: Inputs = "numbers", distinct: bool = True) -> Cleaned:
    """Remove what cannot be learnt from, what contradicts itself and what would be in two parts at once.

    What a fixed part holds is removed from the parts before it (test before validation before the rest); a fixed
    test part itself only loses numbers that are missing.

    Args:
        examples: In any order.
        kind: What is predicted.
        inputs: Whether absent frames are no fault.
        distinct: Whether an example that comes twice is one too many. The windows of a series may be alike, and stay
            in the order of time.
    """
    rows_in = len(examples.x)
    finite = _finite(examples.x, frames=inputs == "frames")
    known = _finite(examples.y) | (kind == "detection")  # a NaN is a box that an image lacks
    kept = _take(examples, np.flatnonzero(finite & known))
    keys = content_keys(kept.x)
    order = _content_order(kept, keys)
    kept, keys = _take(kept, order), keys[order]
    non_finite = rows_in - len(keys)
    where = "x" if kind == "classification" else "x or y"  # a class is a number, or refused
    rules = [f"Examples with a missing or infinite number in {where} are removed ({non_finite})."]

    same_x = np.concatenate([[False], keys[1:] == keys[:-1]])[: len(keys)]
    same_y = np.concatenate([[False], _same_as_before(kept.y)])[: len(keys)]
    content = np.cumsum(~same_x)
    rank = _rank(kept)
    repeated = rank < _highest(rank, content)
    if kept.split is not None:
        rules.append(f"Examples whose x a fixed part holds are removed from the parts before it ({repeated.sum()}).")
    open_ = ~repeated & (rank < _TEST)
    conflicting = np.zeros(len(keys), bool)
    if kind == "classification":
        conflicting = np.isin(content, content[same_x & ~same_y & open_]) & open_
        rules.append(f"Examples with equal x and different classes are all removed ({conflicting.sum()}).")
    duplicate = same_x & same_y & ~conflicting & open_ & distinct
    if distinct:
        rules.append(f"Of examples with equal x and y the first is kept, the others are removed ({duplicate.sum()}).")
    left = np.flatnonzero(~repeated & ~conflicting & ~duplicate)
    if not distinct:
        left = left[np.argsort(order[left])]
    return Cleaned(
        *_take(kept, left),
        keys=keys[left],
        rows_in=rows_in,
        non_finite_removed=non_finite,
        conflicting_labels_removed=int(conflicting.sum()),
        duplicates_removed=int(duplicate.sum() + repeated.sum()),
        rules=tuple(rules),
    )


def _rank(examples: Examples) -> Array:
    """How fixed the part of each example is: 0 not at all or training, 1 validation, 2 test."""
    if examples.split is None:
        return np.zeros(len(examples.x), np.int64)
    return np.where(examples.split == "test", _TEST, np.where(examples.split == "val", 1, 0))


def _highest(rank: Array, content: Array) -> Array:
    """Of each example, the highest rank of those with its content; ``content`` counts contents from 1."""
    highest = np.zeros(content.max(initial=0) + 1, np.int64)
    np.maximum.at(highest, content, rank)
    return np.asarray(highest[content])


def _take(examples: Examples, rows: Array) -> Examples:
    groups, split = (None if of is None else of[rows] for of in (examples.groups, examples.split))
    return Examples(examples.x[rows], examples.y[rows], groups, split)


def _finite(array: Array, *, frames: bool = False) -> Array:
    if array.dtype.kind != "f":
        return np.ones(len(array), bool)
    fine: Array = np.isfinite(array)
    if frames:  # absent are whole frames, at the end, and not all of them
        absent: Array = np.asarray(np.isnan(array).all(axis=2))
        at_end: Array = np.flip(np.logical_and.accumulate(np.flip(absent, 1), axis=1), 1)
        some = ~np.all(absent, axis=1, keepdims=True)
        fine |= (at_end & some)[:, :, None]
    return np.asarray(fine.all(axis=tuple(range(1, array.ndim))))


def _content_order(examples: Examples, keys: Array) -> Array:
    groups = [of for of in (examples.split, examples.groups) if of is not None]
    targets = list(examples.y.reshape(len(examples.y), math.prod(examples.y.shape[1:])).T)
    return np.lexsort([*groups, *targets, keys])  # its last key counts most


def _same_as_before(y: Array) -> Array:
    same = y[1:] == y[:-1]
    if y.dtype.kind == "f":
        same |= np.isnan(y[1:]) & np.isnan(y[:-1])
    return np.asarray(same.all(axis=tuple(range(1, y.ndim))))
