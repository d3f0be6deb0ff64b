"""Times of a series to numbers of equal steps."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from groklab.data.table_columns import date, number, parsed, refusal
from groklab.data.table_file import TableFile
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
_EPOCH = datetime(1970, 1, 1)
_SHORTEST_MONTH_DAYS = 28


def time_steps(table: TableFile, column: str) -> tuple[Array, str]:
    """Number of the step of each row, from 0, and the length of a step in words.

    Times are dates (with an offset: moments of the one clock; the first or last days of months: months) or numbers.
    The step is the commonest difference between neighbours.

    Args:
        table: Cells, those that are missing as ``None``.
        column: Of the times.

    Raises:
        UserError: A cell is no time, two rows have the same one, or a difference is no multiple of the step.
    """
    positions, unit = _positions(table, column)
    order = np.argsort(positions, kind="stable")
    ranked = [positions[row] for row in order]
    differences = [after - before for before, after in pairwise(ranked)]
    if not differences:
        raise UserError(f"{table.path}: has one row only; a series needs more")
    if 0 in differences:
        at = differences.index(0)
        first, second = sorted((int(order[at]), int(order[at + 1])))
        raise UserError(
            f"{table.path}, column {column}: {table.at(first)} and {table.at(second)} have the same time "
            f"{table.columns[column][first]!r}; keep one of them, or add them up"
        )
    counts = Counter(differences)
    step = min(counts, key=lambda difference: (-counts[difference], difference))
    for at, difference in enumerate(differences):
        times = round(difference / step)
        if times < 1 or abs(difference / step - times) > 1e-6:
            row, before = int(order[at + 1]), int(order[at])
            raise refusal(
                table,
                column,
                table.columns[column][row],
                f"{_words(difference, unit)} after {table.at(before)}, but a step is {_words(step, unit)}",
                "mend the time, or bring the series to equal steps",
            )
    return np.array([round((position - ranked[0]) / step) for position in positions]), _words(step, unit)


def _positions(table: TableFile, column: str) -> tuple[list[Any], str]:
    cells = table.columns[column]
    if None in cells:
        raise UserError(
            f"{table.path}, {table.at(cells.index(None))}, column {column}: has no time; give every row one"
        )
    if all(number(cell) is not None for cell in cells):
        return [number(cell) for cell in cells], "number"
    fault = "no time: neither a number nor YYYY-MM-DD, YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS"
    moments: list[datetime] = parsed(table, column, date, fault=fault, mend=lambda cell: "write it so")
    aware = [moment.utcoffset() is not None for moment in moments]
    if any(aware) and not all(aware):
        raise UserError(
            f"{table.path}, {table.at(aware.index(False))}, column {column}: has no offset from UTC, others have; "
            "give it to all or to none"
        )
    if _monthly(moments):
        return [moment.year * 12 + moment.month for moment in moments], "months"
    plain = [moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta()) for moment in moments]
    return [(moment - _EPOCH) // timedelta(microseconds=1) for moment in plain], "microseconds"


def _monthly(moments: Sequence[datetime]) -> bool:
    """Whether all are the same day of a month, or its last, and none is in the month of another."""
    days = {moment.day for moment in moments}
    last = all((moment + timedelta(days=1)).day == 1 for moment in moments)
    ranked = sorted(moments)
    apart = all(b - a >= timedelta(days=_SHORTEST_MONTH_DAYS) for a, b in pairwise(ranked) if a != b)
    return (len(days) == 1 or last) and apart and len({moment.time() for moment in moments}) == 1


def _words(length: Any, unit: str) -> str:
    if unit == "number":
        return f"{length:g}"
    if unit == "months":
        return f"{length} month{'s' * (length != 1)}"
    seconds = length / 1e6
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {name}{'s' * (seconds != size)}"
    return f"{seconds:g} s"
