"""Folds: everything but the test part, dealt into parts of which each is the validation part once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int64, Shaped

from groklab.data.balance import balance
from groklab.data.card import Split
from groklab.data.split import check_disjoint, ranks, units
from groklab.errors import UserError

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Fold:
    """One of several folds.

    Args:
        number: Which, from 0.
        of: How many there are, at least 2.
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"fold={self.number} of folds={self.of}"


def fold_parts(
    parts: Mapping[Split, Int64[np.ndarray, " part"]],
    fold: Fold,
    keys: Shaped[np.ndarray, " examples"],
    labels: Int64[np.ndarray, " examples"] | None,
    *,
    class_names: Sequence[str],
    groups: Shaped[np.ndarray, " examples"] | None,
    seed: int,
    where: str,
) -> dict[Split, Int64[np.ndarray, " part"]]:
    """``parts`` with another validation part: ``fold`` of what is trained on and validated on together.

    Examples are dealt like cards, class by class in the order of ``sha256(seed, key)``: a class has in no two folds
    sizes that differ by more than one, nor has the whole. What shares a group or a key stays together, and then sizes
    are as near as whole groups allow. The test part stays as it is.

    Args:
        parts: Rows of each part.
        fold: The fold to validate on.
        keys: Content hashes.
        labels: Class numbers, or ``None``.
        class_names: Name of each class.
        groups: What must not be torn apart, or ``None``.
        seed: Of the ranking.
        where: Start of an error's line.

    Raises:
        UserError: A class has too few examples, or too few groups, to be in each fold.
    """
    rows = np.sort(np.concatenate([parts["train"], parts["val"]]))
    classes = np.zeros(len(rows), np.int64) if labels is None else labels[rows]
    names = ["the data"] if labels is None else [f"class {name!r}" for name in class_names]
    unit, unit_keys = units(keys[rows], None if groups is None else groups[rows])
    members = np.zeros((len(unit_keys), len(names)), np.int64)
    np.add.at(members, (unit, classes), 1)
    _require(where, names, (members > 0).sum(axis=0), fold, "groups" if groups is not None else "examples")
    order = np.argsort(ranks(seed, unit_keys))
    if len(unit_keys) == len(rows):
        dealt = np.empty(len(rows), np.int64)
        in_turn = order[np.argsort(members[order].argmax(axis=1), kind="stable")]
        dealt[in_turn] = np.arange(len(rows)) % fold.of
    else:
        dealt = balance(members, _shares(members.sum(axis=0), fold.of), order=order)
    held = dealt[unit] == fold.number
    found: dict[Split, Array] = {"train": rows[~held], "val": rows[held], "test": parts["test"]}
    _require_each(where, names, classes[held], classes[~held], fold)
    check_disjoint(keys, found)
    return found


def _shares(sizes: Array, folds: int) -> Int64[np.ndarray, "folds classes"]:
    """How many examples of each class each fold should have: the rest of a class goes where the last one's ended."""
    ends = np.cumsum(sizes)
    turns = np.repeat(np.arange(len(sizes)), sizes)
    want = np.zeros((folds, len(sizes)), np.int64)
    np.add.at(want, (np.arange(int(ends[-1])) % folds, turns), 1)
    return want


def _require(where: str, names: Sequence[str], numbers: Array, fold: Fold, what: str) -> None:
    few = np.flatnonzero(numbers < fold.of)
    if len(few):
        raise UserError(
            f"{where}: {names[few[0]]} must have at least {fold.of} {what} outside the test part, one for each of "
            f"folds={fold.of}, but has {numbers[few[0]]}; lower folds"
        )


def _require_each(where: str, names: Sequence[str], held: Array, rest: Array, fold: Fold) -> None:
    for part in (held, rest):
        absent = np.flatnonzero(np.bincount(part, minlength=len(names)) == 0)
        if len(absent):
            raise UserError(
                f"{where}: the groups of {names[absent[0]]} are too large for one to be in each of "
                f"folds={fold.of}; lower folds"
            )
