"""A table of the user's own: CSV, TSV or Parquet, one example a row."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.dataset import Fraction, Raw
from groklab.data.own_data import OwnData
from groklab.data.table_columns import Column, cells_of, describe, stated
from groklab.data.table_encoder import NamedCells, TableEncoder
from groklab.data.table_file import TableFile, read_table
from groklab.data.table_parts import drawn, fixed_parts, groups
from groklab.data.table_target import target_classes, target_numbers, with_target
from groklab.data.variation import Variation
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
MISSING = ("", "NA", "NaN", "nan", "null", "None", "?")


class Table(OwnData):
    """Rows of numbers, dates and texts, and what is to be predicted of each.

    Args:
        path: Of a .csv, .tsv, .tab (also .gz, .bz2, .xz) or .parquet file with a line of column names.
        target: The column that is predicted; several for a regression of several numbers.
        kind: ``classification`` (the target's texts or integers are classes) or ``regression``.
        name: As in :class:`DataSet`, and so the rest that is not named here.
        shape: As above; found in the data if ``None``, and so for the two below.
        num_features: As above.
        num_outputs: As above.
        encoding: Of a text file.
        separator: Between cells; ``None`` for what the suffix says.
        missing: Texts that mean that a cell has no value; ``None`` for the usual ones.
        drop: Columns that are left out.
        categorical: Columns that are read as texts although they look like numbers.
        dates: Columns of which every cell must be a date.
        group: A column whose equal values must not be torn apart by the split; it is no input.
        split_column: A column of ``train``, ``val`` and ``test``; it is no input.
        max_categories: So many different texts a column may have.
        val_fraction: As in :class:`DataSet`; ``None`` where ``split_column`` has rows of ``val``.
        test_fraction: Likewise.
        split_seed: As in :class:`DataSet`.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument does not agree with another.
    """

    def __init__(
        self,
        *,
        path: str,
        target: str | list[str],
        kind: Literal["classification", "regression"],
        name: str,
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        encoding: str = "utf-8",
        separator: str | None = None,
        missing: list[str] | None = None,
        drop: list[str] | None = None,
        categorical: list[str] | None = None,
        dates: list[str] | None = None,
        group: str | None = None,
        split_column: str | None = None,
        max_categories: PositiveInt = 50,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            path=path,
            name=name,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        self.kind, self.target = kind, target
        self.encoding, self.separator = encoding, separator
        self.missing = list(MISSING) if missing is None else missing
        self.drop, self.categorical, self.dates = drop or [], categorical or [], dates or []
        self.group, self.split_column, self.max_categories = group, split_column, max_categories
        self._targets = [target] if isinstance(target, str) else list(target)
        self._columns: list[Column] = []
        if not self._targets or (kind == "classification" and len(self._targets) > 1):
            raise ValueError(f"target={target} should be one column, or for task=regression one or more")
        for key, names in (("drop", self.drop), ("group", [group]), ("split_column", [split_column])):
            if twice := {*self._targets} & {*names}:
                raise ValueError(f"{key}={', '.join(sorted(map(str, twice)))} is the target too; choose another")
        if both := {*self.categorical} & {*self.dates}:
            raise ValueError(f"categorical and dates both name {', '.join(sorted(both))}; keep one of them")

    def encoder(self) -> TableEncoder:
        """Medians and categories; its columns are known once the data are loaded, or it is restored."""
        return TableEncoder(self._columns)

    def load(self) -> Raw:
        """The rows that have a target; their inputs as lists of cells."""
        table = self._read(self.place())
        self._check_names(table)
        table, removed = with_target(table, self._targets)
        classes = None
        if self.kind == "regression":
            y = target_numbers(table, self._targets, self.missing)
        else:
            y, classes = target_classes(table, self._targets[0])
        columns = self._describe(table)
        x = np.empty(len(table.lines), object)
        x[:] = [
            list(row) for row in zip(*(cells_of(table, c, self.missing) for c in columns.values() if c), strict=True)
        ]
        self._columns = [column for column in columns.values() if column]
        group = groups(table, self.group) if self.group else None
        return Raw(
            x,
            y,
            groups=group,
            split=self._parts(table, x, group),
            class_names=classes,
            target_names=self._targets if self.kind == "regression" else None,
            source=table.path.name,
            source_sha256=self.source_hash(),
            rules=[*table.rules, removed, *stated(table, columns), *self._left_out()],
        )

    def read_inputs(self, path: Path) -> tuple[Array, list[str]]:
        """The rows of a file as cells by the names of the columns, for the encoder, and the line of each.

        Raises:
            UserError: It is no table; whether it has the columns that are needed, the encoder tells.
        """
        table = self._read(Path(path), drop=[*self.drop, *self._targets])
        rows = np.empty(len(table.lines), object)
        for row in range(len(rows)):
            cells = {name: of[row] for name, of in table.columns.items()}
            rows[row] = NamedCells(cells, file=str(table.path), at=table.at(row))
        return rows, [str(line) for line in table.lines]

    def _read(self, path: Path, *, drop: Sequence[str] = ()) -> TableFile:
        table = read_table(path, encoding=self.encoding, separator=self.separator, drop=drop)
        return table.without_missing(self.missing)

    def _check_names(self, table: TableFile) -> None:
        for key in ("target", "group", "split_column", "drop", "categorical", "dates"):
            names = getattr(self, key) or []
            table.require(f"data.{key}", [names] if isinstance(names, str) else names)

    def _describe(self, table: TableFile) -> dict[str, Column | None]:
        apart = {*self._targets, *self.drop, self.group, self.split_column}
        found = {
            name: describe(
                table, name, as_text=name in self.categorical, as_date=name in self.dates, missing=self.missing
            )
            for name in table.columns
            if name not in apart
        }
        if not any(found.values()):
            raise UserError(f"{table.path}: has no column of inputs; drop fewer columns or give another file")
        for name, column in found.items():
            size = len({*table.columns[name]} - {None})
            if column and column.kind == "text" and size > self.max_categories:
                raise UserError(
                    f"{table.path}, column {name}: has {size} different texts, more than "
                    f"data.max_categories={self.max_categories}; give data.drop=[{name}], or raise the limit"
                )
        return found

    def _parts(self, table: TableFile, x: Array, group: Array | None) -> Array | None:
        shares = {"val": self.val_fraction, "test": self.test_fraction}
        if self.split_column is None:
            drawn(shares)
            return None
        return fixed_parts(table, self.split_column, x, shares=shares, group=group)

    def _left_out(self) -> list[str]:
        rules = [f"Column {name} groups the rows and is no input." for name in [self.group] if name]
        rules += [f"Column {name} says which part a row is in and is no input." for name in [self.split_column] if name]
        return rules + [f"Columns that the config drops: {', '.join(self.drop)}."] * bool(self.drop)
