"""The targets of a table: numbers, or classes by their names."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from groklab.data.table_columns import number, parsed, refusal, with_missing
from groklab.data.table_file import TableFile
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
_INTEGER = re.compile(r"([+-]?(?:0|[1-9]\d*))(?:\.0*)?", re.ASCII)


def with_target(table: TableFile, names: Sequence[str]) -> tuple[TableFile, str]:
    """The rows that have a value of every target, and the rule.

    Raises:
        UserError: None has.
    """
    targets = [table.columns[name] for name in names]
    kept = [row for row in range(len(table.lines)) if all(cells[row] is not None for cells in targets)]
    if not kept:
        raise UserError(f"{table.path}: no row has a value of {', '.join(names)}; give another data.target")
    removed = len(table.lines) - len(kept)
    return table.subset(kept), f"Rows without a value of the target are removed ({removed})."


def target_numbers(table: TableFile, names: Sequence[str], missing: Sequence[str]) -> Array:
    """One column a target.

    Raises:
        UserError: A cell is no number.
    """
    mend = "mend it, or give {} to leave such rows out, or task=classification loss=cross_entropy"
    columns = [
        parsed(
            table,
            name,
            number,
            fault="no finite number, as a target of a regression must be",
            mend=lambda cell: mend.format(with_missing(cell, missing)),
        )
        for name in names
    ]
    return np.array(columns, np.float64).T


def target_classes(table: TableFile, name: str) -> tuple[Array, list[str]]:
    """Class numbers, and names of the classes in their order: as numbers if all are integers, else as texts.

    Raises:
        UserError: They are numbers with decimals, or all the same.
    """
    cells = [str(cell) for cell in table.columns[name]]
    integers = [match for cell in cells if (match := _INTEGER.fullmatch(cell))]
    values: list[Any] = [int(match[1]) for match in integers] if len(integers) == len(cells) else cells
    if values is cells and all(number(cell) is not None for cell in cells):
        decimal = next((row for row, cell in enumerate(cells) if (number(cell) or 0) % 1), None)
        if decimal is not None:
            fault = "a number with decimals, but a class is a text or an integer"
            raise refusal(table, name, table.columns[name][decimal], fault, "give task=regression loss=mse")
    classes = sorted(set(values))
    if len(classes) < 2:
        raise UserError(f"{table.path}, column {name}: every row is of class {classes[0]}; give rows of another one")
    place = {known: position for position, known in enumerate(classes)}
    return np.array([place[value] for value in values], np.int64), [str(known) for known in classes]
