"""A user's own texts with a class or a number each, in a CSV or TSV file."""

import csv
import logging
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.dataset import Fraction, Inputs, Raw
from groklab.data.encoding import Encoder
from groklab.data.own_data import OwnData
from groklab.data.table_file import Cell, TableFile, read_table
from groklab.data.text_file import check_encoding, read_text
from groklab.data.variation import Variation
from groklab.data.vocabulary import Characters, Words
from groklab.errors import UserError
from groklab.files import digest
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]
_NO_NUMBER = frozenset({"na", "n/a", "nan", "null", "none"})

_log = logging.getLogger(__name__)


class TextTable(OwnData):
    """One row a text; words, or characters, are numbered by what the training part has most often.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        path: A .csv, .tsv or .parquet file whose first line names the columns.
        text: Name of the column of texts.
        label: Name of the column of classes (classification) or numbers (regression).
        kind: What is predicted.
        length: Tokens that are kept of a text, from its start.
        num_tokens: Size of the vocabulary, padding and unknown included.
        min_count: A token that the training part has less often is unknown.
        level: What a token is.
        encoding: Of the file.
        separator: Between cells; ``None`` for what the suffix says.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
    """

    kind: Kind
    inputs: ClassVar[Inputs] = "tokens"

    def __init__(
        self,
        *,
        name: str,
        path: str,
        text: str = "text",
        label: str = "label",
        kind: Kind = "classification",
        length: PositiveInt = 128,
        num_tokens: PositiveInt = 10000,
        min_count: PositiveInt = 1,
        level: Literal["words", "characters"] = "words",
        encoding: str = "utf-8",
        separator: str | None = None,
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        val_fraction: Fraction,
        test_fraction: Fraction,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            name=name,
            path=path,
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
        if kind not in ("classification", "regression"):
            raise ValueError(f"kind={kind!r} must be classification or regression; texts alone are data=plain_text")
        if num_tokens < 3:
            raise ValueError(f"num_tokens={num_tokens} must be at least 3: padding, unknown and one token")
        check_encoding(encoding)
        self.text, self.label, self.kind, self.encoding = text, label, kind, encoding
        self.length, self.num_tokens, self.min_count, self.level = length, num_tokens, min_count, level
        self.separator = separator

    def encoder(self) -> Encoder:
        """Numbers of words or characters."""
        kind = Words if self.level == "words" else Characters
        return kind(length=self.length, num_tokens=self.num_tokens, min_count=self.min_count)

    def config_digest(self) -> str:
        """As of any data of the user's; the size of the vocabulary is no finding, but a setting."""
        return digest([super().config_digest(), self.num_tokens])

    def load(self) -> Raw:
        """Rows that have a text and a label."""
        path = self.place()
        table = self._table(path, {"text": self.text, "label": self.label})
        rows = [(table.at(row), *cells) for row, cells in enumerate(_cells(table, self.text, self.label))]
        kept = [row for row in rows if row[1] and not self._missing(row[2])]
        without_text = sum(not text for _, text, _ in rows)
        if not kept:
            raise UserError(f"{path}: no row has both {self.text} and {self.label}; give a table that has some")
        labels = [label for _, _, label in kept]
        names = sorted(set(labels)) if self.kind == "classification" else None
        numbers = {name: number for number, name in enumerate(names or ())}
        y = [numbers[label] if names else self._number(f"{path}, {at}", label) for at, _, label in kept]
        return Raw(
            _objects([text for _, text, _ in kept]),
            np.array(y),
            class_names=names,
            target_names=[self.label] if names is None else None,
            source=f"own table {path.name}",
            source_sha256=self.source_hash(),
            rules=[
                *table.rules,
                f"Rows without a text are removed ({without_text}).",
                f"Rows with a text and without a label are removed ({len(rows) - without_text - len(kept)}).",
            ],
        )

    def read_inputs(self, path: str | Path) -> tuple[Array, list[str]]:
        """Texts of a table with the column of texts, or of a .txt file with one a line, and the numbers of their lines.

        Empty ones are left out, with a warning.

        Raises:
            UserError: The file cannot be read or has no text.
        """
        path = Path(path)
        if path.suffix.lower() == ".txt":
            lines = read_text(path, self.encoding).removesuffix("\n").split("\n")
            rows = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
        else:
            table = self._table(path, {"text": self.text})
            rows = [(table.lines[row], text) for row, (text,) in enumerate(_cells(table, self.text))]
        texts = [(line, text) for line, text in rows if text]
        if not texts:
            raise UserError(f"{path}: holds no text; give one a line, or a table with the column {self.text}")
        if empty := [line for line, text in rows if not text]:
            _log.warning("%s: %d lines without a text are left out, the first is %d", path, len(empty), empty[0])
        return _objects([text for _, text in texts]), [str(line) for line, _ in texts]

    def _table(self, path: Path, columns: dict[str, str]) -> TableFile:
        limit = csv.field_size_limit(sys.maxsize)  # a text may be long
        try:
            table = read_table(path, encoding=self.encoding, separator=self.separator)
        finally:
            csv.field_size_limit(limit)
        for key, name in columns.items():
            table.require(f"data.{key}", [name])
        return table

    def _missing(self, label: str) -> bool:
        return not label or (self.kind == "regression" and label.lower() in _NO_NUMBER)

    def _number(self, where: str, label: str) -> float:
        try:
            number = float(label)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise UserError(
                f"{where}: {self.label}={label!r} is no number; mend it, leave it empty, or set task=classification"
            )
        return number


def _cells(table: TableFile, *names: str) -> Iterator[tuple[str, ...]]:
    """The cells of some columns as texts, row by row; one that is missing is empty."""
    return zip(*([_plain(cell) for cell in table.columns[name]] for name in names), strict=True)


def _plain(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _objects(texts: Sequence[str]) -> Array:
    array: Array = np.empty(len(texts), object)
    array[:] = texts
    return array
