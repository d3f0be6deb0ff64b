"""A share of the training part, such that smaller shares are parts of larger ones."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int64, Shaped

from groklab.data.split import ranks, units
from groklab.errors import UserError


def kept(
    keys: Shaped[np.ndarray, " examples"],
    labels: Int64[np.ndarray, " examples"] | None,
    *,
    class_names: Sequence[str],
    groups: Shaped[np.ndarray, " examples"] | None,
    share: float,
    seed: int,
    where: str,
) -> Int64[np.ndarray, " kept"]:
    """Which examples a share keeps, by their numbers in ascending order.

    All examples stand in one line, of which the first ``round(share * examples)`` are kept. Within a class they are in
    the order of ``sha256(seed, key)``; the one that has ``before`` of the class's ``size`` examples ahead of it stands
    at ``before / size``. So every beginning of the line has the classes in their proportion, and each class at least
    one example. What shares a group or a key stands together, with the class of most of its examples, and then the
    number that is kept is as near as whole groups allow.

    Args:
        keys: Content hashes.
        labels: Class numbers, or ``None``.
        class_names: Name of each class.
        groups: What must not be torn apart, or ``None``.
        share: From above 0 to 1.
        seed: Of the line.
        where: Start of an error's line.

    Raises:
        UserError: A class would have no example left.
    """
    unit, unit_keys = units(keys, groups)
    classes = np.zeros(len(keys), np.int64) if labels is None else labels
    members = np.zeros((len(unit_keys), 1 if labels is None else len(class_names)), np.int64)
    np.add.at(members, (unit, classes), 1)
    sizes, home = members.sum(axis=1), members.argmax(axis=1)
    order = np.argsort(ranks(f"{seed}/train_fraction", unit_keys))
    place = np.empty(len(unit_keys))
    for number in range(members.shape[1]):
        ours = order[home[order] == number]
        ends = np.cumsum(sizes[ours])
        place[ours] = (ends - sizes[ours]) / ends[-1:]
    line = np.lexsort((home, place))
    first = line[: 1 + int(np.argmin(np.abs(np.cumsum(sizes[line]) - round(share * len(keys)))))]
    lost = np.flatnonzero((members.sum(axis=0) > 0) & (members[first].sum(axis=0) == 0))
    if len(lost):
        raise UserError(
            f"{where}: train_fraction={share} leaves no example of class {class_names[lost[0]]!r} to train on; raise it"
        )
    return np.flatnonzero(np.isin(unit, first))
