"""Training, validation and test parts by the content of the examples."""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
from jaxtyping import Int64, Shaped

from groklab.data.balance import balance
from groklab.data.card import Split
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
PARTS: tuple[Split, ...] = ("train", "val", "test")


def split(
    keys: Shaped[np.ndarray, " examples"],
    labels: Int64[np.ndarray, " examples"] | None,
    *,
    class_names: Sequence[str],
    groups: Shaped[np.ndarray, " examples"] | None = None,
    fixed: Shaped[np.ndarray, " examples"] | None = None,
    val_fraction: float | None,
    test_fraction: float | None,
    seed: int,
    where: str,
) -> dict[Split, Int64[np.ndarray, " part"]]:
    """Row numbers of each part; which part an example is in depends on content and ``seed``, not on its row.

    Examples are ranked by ``sha256(seed, key)``, within their class if there are classes. Each class gives
    its share to each part, rounded so that the parts' totals are the fractions of the whole, and at least one
    example. What shares a group or a key stays together, and then the shares are as near as whole groups
    allow.

    Args:
        keys: Content hashes.
        labels: Class numbers, or ``None`` (regression).
        class_names: Name of each class; every class must have examples.
        groups: What must not be torn apart, or ``None``.
        fixed: Part of each example whose source fixes it, else an empty text; ``None`` if none is fixed.
        val_fraction: Share of the validation part among the examples that are free; ``None`` if it is fixed.
        test_fraction: Share of the test part, likewise.
        seed: Of the ranking.
        where: Start of an error's line.

    Raises:
        UserError: A class has too few examples, or too few groups, to be in each part.
    """
    classes = np.zeros(len(keys), np.int64) if labels is None else labels
    names = ["the data"] if labels is None else [f"class {name!r}" for name in class_names]
    shares = {"val": val_fraction, "test": test_fraction}
    drawn: dict[Split, Fraction] = {part: Fraction(str(shares[part])) for part in PARTS[1:] if shares[part] is not None}
    part = np.full(len(keys), "train", dtype="U5")
    free = np.ones(len(keys), bool)
    if fixed is not None:
        part[fixed != ""], free = fixed[fixed != ""], fixed == ""
    rows = np.flatnonzero(free)
    if drawn and len(rows):
        ours = None if groups is None else groups[rows]
        part[rows] = _draw(keys[rows], classes[rows], names, ours, drawn, seed=seed, where=where)
    parts: dict[Split, Array] = {name: np.flatnonzero(part == name) for name in PARTS}
    for name, members in parts.items():
        found = np.bincount(classes[members], minlength=len(names))
        if not found.all():
            few = names[int(np.flatnonzero(found == 0)[0])]
            mend = "add some there, or leave the class out"
            if fixed is None:
                raise UserError(
                    f"{where}: the groups of {few} are too large for one to be in {name}; make groups smaller"
                )
            raise UserError(f"{where}: the {name} part, which the data fix, has no example of {few}; {mend}")
    check_disjoint(keys, parts)
    return parts


def _draw(
    keys: Array,
    classes: Array,
    names: Sequence[str],
    groups: Array | None,
    shares: Mapping[Split, Fraction],
    *,
    seed: int,
    where: str,
) -> Array:
    """The part of each example that is free: training, or one that has a share."""
    drawn: list[Split] = ["train", *shares]
    sizes = np.bincount(classes, minlength=len(names))
    _require(where, names, sizes, "examples", drawn)
    want = _apportion(sizes, shares)
    unit, unit_keys = units(keys, groups)
    rank = ranks(seed, unit_keys)
    if len(unit_keys) == len(keys):
        return _named(drawn, _cut(classes, rank[unit], want))
    members = np.zeros((len(unit_keys), len(names)), np.int64)
    np.add.at(members, (unit, classes), 1)
    _require(where, names, (members > 0).sum(axis=0), "groups", drawn)
    return _named(drawn, balance(members, want, order=np.argsort(rank))[unit])


def _named(parts: Sequence[Split], numbers: Array) -> Array:
    names: Array = np.array(parts)[numbers]
    return names


def check_disjoint(keys: Shaped[np.ndarray, " examples"], parts: Mapping[Split, Array]) -> None:
    """Assert that no content is in two parts, whatever the interpreter's flags.

    Raises:
        AssertionError: One is.
    """
    distinct = [np.unique(keys[rows]) for rows in parts.values()]
    together = np.concatenate(distinct)
    if len(np.unique(together)) != len(together):
        raise AssertionError("an example's content is in two parts of the split")


def ranks(seed: int | str, keys: Shaped[np.ndarray, " units"]) -> Shaped[np.ndarray, " units"]:
    """A text for each key; sorted by these, keys are in an order that depends on ``seed`` and on nothing else."""
    return np.array([hashlib.sha256(f"{seed}:".encode() + key).hexdigest() for key in keys.tolist()])


def _require(where: str, names: Sequence[str], numbers: Array, what: str, parts: Sequence[str]) -> None:
    few = np.flatnonzero(numbers < len(parts))
    if len(few):
        raise UserError(
            f"{where}: {names[few[0]]} must have at least {len(parts)} {what} after cleaning, "
            f"one each for {', '.join(parts[:-1])} and {parts[-1]}, but has {numbers[few[0]]}; add {what}"
        )


def _apportion(sizes: Array, shares: Mapping[Split, Fraction]) -> Int64[np.ndarray, "parts classes"]:
    """How many examples each part takes from each class: largest remainders, exact in rational numbers."""
    parts = ("train", *shares)
    free = [int(size) - len(parts) for size in sizes]  # each part has one example of each class to begin with
    want = {name: [1] * len(sizes) for name in parts}
    for name, share in shares.items():
        ideal = [share * int(size) for size in sizes]
        for number in range(len(sizes)):
            extra = min(max(floor(ideal[number]) - 1, 0), free[number])
            want[name][number] += extra
            free[number] -= extra
        missing = floor(share * int(sizes.sum()) + Fraction(1, 2)) - sum(want[name])
        remainders = [ideal[number] - want[name][number] for number in range(len(sizes))]
        for number in sorted(range(len(sizes)), key=lambda number: (-remainders[number], number)):
            if missing > 0 and free[number] > 0 and remainders[number] > 0:
                want[name][number] += 1
                free[number] -= 1
                missing -= 1
    want["train"] = [1 + number for number in free]
    return np.array([want[name] for name in parts], np.int64)


def units(
    keys: Shaped[np.ndarray, " examples"], groups: Shaped[np.ndarray, " examples"] | None
) -> tuple[Int64[np.ndarray, " examples"], Shaped[np.ndarray, " units"]]:
    """Each example's unit, and each unit's smallest key: what shares a key or a group is one unit."""
    unique, units = np.unique(keys, return_inverse=True)
    if groups is None:
        return units, unique
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    _, group = np.unique(groups, return_inverse=True)
    size = len(unique) + int(group.max()) + 1
    links = coo_array((np.ones(len(keys), np.int8), (units, len(unique) + group)), shape=(size, size))
    component = connected_components(links, directed=False)[1][: len(unique)]
    _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
    return inverse[units], unique[first]


def _cut(classes: Array, ranks: Array, want: Array) -> Array:
    """Each example's part: of a class the first ranks are in the last part, and so on; the rest is trained on."""
    part = np.zeros(len(classes), np.int64)
    for number in range(want.shape[1]):
        rows = np.flatnonzero(classes == number)
        rows = rows[np.argsort(ranks[rows])]
        start = 0
        for which in range(len(want) - 1, 0, -1):
            part[rows[start : start + want[which, number]]] = which
            start += want[which, number]
    return part
