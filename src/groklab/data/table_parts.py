"""What a table itself says of the split: a column of parts, a column of groups."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from groklab.data.cleaning import content_keys
from groklab.data.table_file import TableFile
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
_PARTS = ("train", "val", "test")
_SHOWN = 3


def groups(table: TableFile, column: str) -> Array:
    """The group of each row.

    Raises:
        UserError: One has none.
    """
    cells = table.columns[column]
    if None in cells:
        row = cells.index(None)
        raise UserError(f"{table.path}, {table.at(row)}, column {column}: has no group; give every row one")
    return np.array([str(cell) for cell in cells])


def drawn(shares: Mapping[str, float | None]) -> None:
    """Refuse to split without being told how.

    Raises:
        UserError: A share is missing.
    """
    for part, share in shares.items():
        if share is None:
            raise UserError(f"data.{part}_fraction=null: nothing else says which rows are {part}; give a share")


def fixed_parts(
    table: TableFile, column: str, x: Array, *, shares: Mapping[str, float | None], group: Array | None
) -> Array:
    """The part of each row by the user's own column; an empty text where it is to be drawn.

    If the column has no row of ``val`` (or of ``test``), that part is drawn from the rows of ``train``.

    Raises:
        UserError: A cell is no part, a part is both fixed and drawn, or a row or group is in two parts.
    """
    parts = np.array(["" if cell is None else str(cell) for cell in table.columns[column]])
    known = np.isin(parts, ["", *_PARTS])
    if not known.all():
        row = int(np.flatnonzero(~known)[0])
        raise UserError(
            f"{table.path}, {table.at(row)}, column {column}: {str(parts[row])!r} is no part; write train, val or test"
        )
    fixed = [part for part in shares if (parts == part).any()]
    if twice := [part for part in fixed if shares[part] is not None]:
        mend = " ".join(f"data.{part}_fraction=null" for part in twice)
        raise UserError(f"data.split_column: column {column} says which rows are {' and '.join(twice)}; give {mend}")
    drawn({part: share for part, share in shares.items() if part not in fixed})
    _refuse_copies(table, content_keys(x), parts)
    if group is not None:
        _refuse_torn(table, group, parts)
    return parts if len(fixed) == len(shares) else np.where(parts == "train", "", parts)


def _refuse_copies(table: TableFile, keys: Array, parts: Array) -> None:
    found = []
    for later, earlier in (("test", "train"), ("val", "train"), ("test", "val")):
        first = {keys[row]: row for row in reversed(np.flatnonzero(parts == earlier).tolist())}
        copies = [(row, first[keys[row]]) for row in np.flatnonzero(parts == later).tolist() if keys[row] in first]
        if copies:
            shown = ", ".join(f"{table.at(a)} as {table.at(b)}" for a, b in copies[:_SHOWN])
            more = ", ..." if len(copies) > _SHOWN else ""
            rows = "row of {} is" if len(copies) == 1 else "rows of {} are"
            found.append(f"{len(copies)} {rows.format(later)} also in {earlier} ({shown}{more})")
    if found:
        raise UserError(f"{table.path}: by their inputs, {'; '.join(found)}; keep each in one part")


def _refuse_torn(table: TableFile, group: Array, parts: Array) -> None:
    first: dict[str, str] = {}
    for row, (name, part) in enumerate(zip(group.tolist(), parts.tolist(), strict=True)):
        if part and first.setdefault(name, part) != part:
            raise UserError(
                f"{table.path}, {table.at(row)}: group {name} is in {first[name]} and in {part}; keep it in one part"
            )
