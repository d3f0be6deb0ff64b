"""Rows of a table to numbers: medians and categories of the training part."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped

from groklab.data.encoding import Encoder
from groklab.data.table_columns import Column, date, number
from groklab.data.table_file import Cell
from groklab.errors import UserError

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Seen:
    """What the training part says of a column: medians of its numbers, its categories, whether a cell is missing."""

    column: Column
    missing: bool
    medians: list[float] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


class NamedCells(dict[str, Cell]):
    """A row of a user's new table: cells by the names of the columns, and where it stands.

    Args:
        cells: As they are in the file; ``None`` where one is missing.
        file: In which it is.
        at: Its line.
    """

    def __init__(self, cells: Mapping[str, Cell], *, file: str, at: str) -> None:
        super().__init__(cells)
        self.file, self.at = file, at

    def of(self, column: Column) -> Cell:
        """The cell of a column in the form in which the training part had it.

        Raises:
            UserError: There is no such column, or the cell is of another kind.
        """
        if column.name not in self:
            raise UserError(f"{self.file}: has no column {column.name}, which the network takes; add it")
        cell = self[column.name]
        if cell is None or column.kind == "text":
            return None if cell is None else str(cell)
        if (number if column.kind == "number" else date)(cell) is None:
            kind = {"number": "finite number", "date": "date (YYYY-MM-DD)"}[column.kind]
            raise UserError(f"{self.file}, {self.at}, column {column.name}: {cell!r} is no {kind}; mend it")
        return cell


class TableEncoder(Encoder):
    """Numbers as they are, dates by their parts, a column of 0 and 1 for each category of a text.

    A missing number or date is the median of the training part, with a column that says so if the training part has
    one missing. A missing text is a category of its own, and a category that the training part lacks is 0 in all.

    Args:
        columns: Of the table, in the order of a row's cells.

    Example:
        >>> import numpy as np
        >>> from groklab.data.table_columns import Column
        >>> rows = np.empty(3, object)
        >>> rows[:] = [[1.0, "red"], [3.0, "blue"], [None, "red"]]
        >>> encoder = TableEncoder([Column("size", "number"), Column("colour", "text")])
        >>> encoder.fit(rows)
        >>> encoder.feature_names()
        ['size', 'size is missing', 'colour=blue', 'colour=red']
        >>> encoder.transform(rows)[2].tolist()
        [2.0, 1.0, 0.0, 1.0]
    """

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.columns = list(columns)
        self._seen: list[_Seen] = []

    def fit(self, x: Shaped[np.ndarray, " rows"]) -> None:
        """See the training part: a list of cells a row."""
        self._seen = []
        for column, cells in zip(self.columns, self._by_column(x), strict=True):
            there = [cell for cell in cells if cell is not None]
            missing = len(there) < len(cells)
            if column.kind == "text":
                self._seen.append(_Seen(column, missing, categories=sorted(set(there))))
            else:
                values = np.array([_values(column, cell) for cell in there])
                medians = np.median(values, axis=0).tolist() if there else [0.0] * len(_suffixes(column))
                self._seen.append(_Seen(column, missing, medians=medians))

    def transform(self, x: Shaped[np.ndarray, " rows"]) -> Float32[np.ndarray, "rows columns"]:
        """One row of numbers each."""
        blocks = [_numbers(seen, cells) for seen, cells in zip(self._seen, self._by_column(x), strict=True)]
        return np.ascontiguousarray(np.concatenate(blocks, axis=1), np.float32)

    def state(self) -> dict[str, Any]:
        """Of each column its name and kind, medians, categories and whether the training part has a cell missing."""
        return {"columns": [asdict(seen) for seen in self._seen]}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the columns and what was seen in them."""
        self._seen = [_Seen(**{**seen, "column": Column(**seen["column"])}) for seen in state["columns"]]
        self.columns = [seen.column for seen in self._seen]

    def feature_names(self) -> list[str]:
        """``size``, ``size is missing``, ``sold: month``, ``colour=red``, ``colour is missing``."""
        names: list[str] = []
        for seen in self._seen:
            name = seen.column.name
            if seen.column.kind == "text":
                names += [f"{name}={category}" for category in seen.categories]
            else:
                names += [f"{name}{suffix}" for suffix in _suffixes(seen.column)]
            names += [f"{name} is missing"] * seen.missing
        return names

    def _by_column(self, x: Shaped[np.ndarray, " rows"]) -> list[list[Any]]:
        rows = [[cells.of(c) for c in self.columns] if isinstance(cells, NamedCells) else cells for cells in x]
        return [[cells[position] for cells in rows] for position in range(len(self.columns))]


def _suffixes(column: Column) -> list[str]:
    if column.kind == "number":
        return [""]
    return [": year", ": month", ": day", ": day of week", *([": hour"] if column.hours else [])]


def _values(column: Column, cell: Any) -> list[float]:
    if column.kind == "number":
        value = number(cell)
        if value is None:
            raise UserError(f"data: column {column.name}: {cell!r} is no finite number")
        return [value]
    moment = datetime.fromisoformat(cell)
    hour = [moment.hour + moment.minute / 60 + moment.second / 3600] if column.hours else []
    return [moment.year, moment.month, moment.day, moment.isoweekday(), *hour]


def _numbers(seen: _Seen, cells: list[Any]) -> Array:
    if seen.column.kind == "text":
        place = {category: position for position, category in enumerate(seen.categories)}
        block = np.zeros((len(cells), len(place) + seen.missing))
        for row, cell in enumerate(cells):
            position = place.get(cell, len(place) if cell is None and seen.missing else None)
            if position is not None:
                block[row, position] = 1
        return block
    rows = [seen.medians if cell is None else _values(seen.column, cell) for cell in cells]
    block = np.array(rows, np.float64).reshape(len(cells), len(seen.medians))
    if seen.missing:
        block = np.column_stack([block, [cell is None for cell in cells]])
    return block
