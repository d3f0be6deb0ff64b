"""What a column of a table holds: numbers, dates or texts; and its cells in one form."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np

from groklab.data.table_file import Cell, TableFile
from groklab.errors import UserError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)+(\.\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_LARGEST = float(np.finfo(np.float32).max)
_MIXED = 0.5  # a column with this share of numbers is one of numbers with faults, not one of texts


@dataclass(frozen=True)
class Column:
    """A column of the inputs.

    Args:
        name: In the header.
        kind: ``number``, ``date`` (ISO text, by year, month, day, day of the week) or ``text`` (a category).
        hours: Whether dates come with times, so that the hour is a number too.
    """

    name: str
    kind: Literal["number", "date", "text"]
    hours: bool = False


def number(cell: Cell) -> float | None:
    """The finite number (of float32) that a cell is or spells, else ``None``."""
    if isinstance(cell, str) and not _NUMBER.fullmatch(cell):
        return None
    value = math.nan if cell is None else float(cell) + 0.0  # -0 and 0 are one number
    return value if abs(value) <= _LARGEST else None


def date(cell: Cell) -> datetime | None:
    """The moment that a cell spells as YYYY-MM-DD, perhaps with a time, else ``None``."""
    if not isinstance(cell, str) or not _DATE.fullmatch(cell):
        return None
    try:
        return datetime.fromisoformat(cell)
    except ValueError:  # the 30th of February
        return None


def is_text(cells: Sequence[Cell]) -> bool:
    """Whether a cell has a leading zero, as codes and telephone numbers have."""
    return any(isinstance(cell, str) and _LEADING_ZERO.match(cell) and number(cell) is not None for cell in cells)


def describe(table: TableFile, name: str, *, as_text: bool, as_date: bool, missing: Sequence[str]) -> Column | None:
    """The kind of a column; ``None`` if it has no value at all.

    Args:
        table: Cells, those that are missing as ``None``.
        name: Of the column.
        as_text: The user says that it is one of texts.
        as_date: The user says that it is one of dates.
        missing: The texts that mean missing, for the mend of a fault.

    Raises:
        UserError: A cell is not what most, or all, of its column are.
    """
    cells = [cell for cell in table.columns[name] if cell is not None]
    if not cells:
        return None
    if as_date or (not as_text and _mostly(date, cells)):
        moments = [moment for moment in _dates(table, name, missing) if moment is not None]
        return Column(name, "date", any((moment.hour, moment.minute, moment.second) != (0, 0, 0) for moment in moments))
    texts = any(isinstance(cell, str) for cell in cells)
    if as_text or (table.typed and texts) or (texts and is_text(cells)):
        return Column(name, "text")
    comma = next((cell for cell in cells if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell)), None)
    if comma is not None and all(number(str(cell).replace(",", "")) is not None for cell in cells):
        raise refusal(
            table, name, comma, "a number with a comma where a point is expected", _mend(name, comma, missing)
        )
    if _mostly(number, cells):
        _numbers(table, name, missing)
        return Column(name, "number")
    return Column(name, "text")


def cells_of(table: TableFile, column: Column, missing: Sequence[str]) -> list[Cell]:
    """The cells of a column in one form: numbers as floats, dates and texts as texts, ``None`` where there is none.

    Raises:
        UserError: A cell is not of the column's kind.
    """
    if column.kind == "number":
        return _numbers(table, column.name, missing)
    if column.kind == "date":
        found = _dates(table, column.name, missing)
        return [None if moment is None else moment.isoformat(" ") for moment in found]
    return [None if cell is None else str(cell) for cell in table.columns[column.name]]


def stated(table: TableFile, columns: Mapping[str, Column | None]) -> list[str]:
    """What is done to the columns, a sentence a rule, for the data card.

    Args:
        table: Cells, those that are missing as ``None``.
        columns: Name -> column; ``None`` where it has no value at all.
    """
    names = {kind: [c.name for c in columns.values() if c and c.kind == kind] for kind in ("number", "date", "text")}
    zeros = [name for name in names["text"] if is_text([c for c in table.columns[name] if c is not None])]
    gaps = {name: sum(cell is None for cell in table.columns[name]) for name, column in columns.items() if column}
    lacking = {name: f"{name} ({gaps[name]})" for name in gaps if gaps[name]}
    texts = [name for name in lacking if name in names["text"]]
    values = [name for name in lacking if name not in names["text"]]
    said = [
        ("Columns without any value are left out", [name for name, column in columns.items() if column is None]),
        ("Columns of numbers are taken as they are", names["number"]),
        (
            "Columns of dates become year, month, day and day of the week (1 is Monday), and the hour if any",
            names["date"],
        ),
        (
            "Columns of texts become a column of 0 and 1 for each text of the training part, all 0 for another",
            names["text"],
        ),
        ("Columns with leading zeros are texts, and the zeros are kept", zeros),
        (
            "A missing number or date is the training part's median, and a column says so if that part has any missing",
            [lacking[name] for name in values],
        ),
        ("A missing text is a text of its own", [lacking[name] for name in texts]),
    ]
    return [f"{rule} ({len(of)}): {', '.join(of)}." for rule, of in said if of]


def parsed(
    table: TableFile, name: str, parse: Callable[[Cell], Any], *, fault: str, mend: Callable[[Cell], str]
) -> list[Any]:
    """The cells of a column as ``parse`` reads them, ``None`` where there is none.

    Raises:
        UserError: It gives ``None`` for a cell that is there.
    """
    found = [None if cell is None else parse(cell) for cell in table.columns[name]]
    for cell, value in zip(table.columns[name], found, strict=True):
        if value is None and cell is not None:
            raise refusal(table, name, cell, fault, mend(cell))
    return found


def refusal(table: TableFile, name: str, cell: Cell, fault: str, mend: str) -> UserError:
    """What is wrong with a cell: its file, line and column, the rule, and the mend."""
    row = table.columns[name].index(cell)
    return UserError(f"{table.path}, {table.at(row)}, column {name}: {cell!r} is {fault}; {mend}")


def with_missing(cell: Cell, missing: Sequence[str]) -> str:
    """The override that makes a cell's text one of those that mean missing."""
    known = json.dumps([*missing, str(cell)], ensure_ascii=False, separators=(",", ":"))
    return f"'data.missing={known}'"


def _numbers(table: TableFile, name: str, missing: Sequence[str]) -> list[Any]:
    return parsed(table, name, number, fault="no finite number", mend=lambda cell: _mend(name, cell, missing))


def _dates(table: TableFile, name: str, missing: Sequence[str]) -> list[Any]:
    fault = "no date of the form YYYY-MM-DD, YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS"
    return parsed(table, name, date, fault=fault, mend=lambda cell: _mend(name, cell, missing))


def _mend(name: str, cell: Cell, missing: Sequence[str]) -> str:
    return (
        f"mend it, or give {with_missing(cell, missing)} if it means missing, or data.categorical=[{name}] if the "
        "column is one of texts"
    )


def _mostly(parse: Callable[[Cell], Any], cells: Sequence[Cell]) -> bool:
    return sum(parse(cell) is not None for cell in cells) >= _MIXED * len(cells)
