"""What is taken for what: the words that go with a confusion matrix."""

import csv
from collections import Counter
from pathlib import Path

from groklab.errors import UserError

Confusion = tuple[str, str, int]


def read_confusions(path: Path, *, most: int = 3) -> tuple[Confusion, ...] | None:
    """The ``most`` frequent (actual, predicted, count) that differ, ties by name; None without a file.

    Args:
        path: A CSV with the columns ``actual`` and ``predicted``, one row per example.
        most: How many to give.

    Raises:
        UserError: a column is missing or the file is not UTF-8 text.
    """
    if not path.exists():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            pairs = Counter((row["actual"], row["predicted"]) for row in csv.DictReader(file))
    except (KeyError, csv.Error, UnicodeDecodeError) as error:
        raise UserError(f"{path}: must have the columns actual and predicted ({error}). Evaluate again.") from error
    wrong = sorted((-count, *pair) for pair, count in pairs.items() if pair[0] != pair[1])
    return tuple((actual, predicted, -count) for count, actual, predicted in wrong[:most])
