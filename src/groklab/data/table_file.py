"""Tables in files, cell by cell: CSV and TSV as the texts that stand there, Parquet with its own types."""

import bz2
import csv
import gzip
import io
import lzma
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from groklab.errors import UserError

Cell = str | float | None
_SEPARATORS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class TableFile:
    """The cells of a file.

    Args:
        path: Of the file.
        columns: Name -> cells. Those of CSV and TSV are texts; those of Parquet texts, numbers or ``None``.
        lines: Line of the file on which each row begins; of Parquet, its row from 1.
        typed: Whether the file itself says which columns are numbers (Parquet).
        rules: What was done while it was read.
    """

    path: Path
    columns: dict[str, list[Cell]]
    lines: Sequence[int]
    typed: bool = False
    rules: list[str] = field(default_factory=list)

    def at(self, row: int) -> str:
        """``line 12``, or ``row 12`` where there are no lines."""
        return f"{'row' if self.typed else 'line'} {self.lines[row]}"

    def require(self, key: str, names: Iterable[str]) -> None:
        """Refuse a name that is no column.

        Raises:
            UserError: One is none.
        """
        for name in names:
            if name not in self.columns:
                close = get_close_matches(name, self.columns, n=1)
                mend = f"did you mean {close[0]}?" if close else f"its columns are {', '.join(self.columns)}"
                raise UserError(f"{key}: {self.path} has no column {name}; {mend}")

    def without_missing(self, missing: Sequence[str]) -> "TableFile":
        """The same with ``None`` for texts that mean missing."""
        texts = set(missing)
        columns = {name: [None if cell in texts else cell for cell in of] for name, of in self.columns.items()}
        return TableFile(self.path, columns, self.lines, self.typed, self.rules)

    def subset(self, rows: Sequence[int]) -> "TableFile":
        """Some of the rows."""
        columns = {name: [cells[row] for row in rows] for name, cells in self.columns.items()}
        return TableFile(self.path, columns, [self.lines[row] for row in rows], self.typed, self.rules)


def read_table(
    path: Path, *, encoding: str = "utf-8", separator: str | None = None, drop: Sequence[str] = ()
) -> TableFile:
    """Read a file by its suffix: .csv, .tsv, .tab (also .gz, .bz2, .xz), .parquet; others need a separator.

    Args:
        path: Of the file.
        encoding: Of a text file.
        separator: Between cells; ``None`` for what the suffix says.
        drop: Columns that are left out, where the file has them.

    Raises:
        UserError: It is no such file, is damaged, is empty, or a row has more or fewer cells than the header.
    """
    if path.is_dir():
        raise UserError(f"data.path: {path} is a folder; give a .csv, .tsv or .parquet file")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = next((suffix for suffix in reversed(suffixes) if suffix not in _OPENERS), "")
    if kind in (".parquet", ".pq"):
        return _parquet(path, drop)
    between = separator or _SEPARATORS.get(kind)
    if between is None:
        raise UserError(f'{path}: the suffix tells no separator; give data.separator="," or another')
    if len(between) != 1:
        raise UserError(f"data.separator={between!r} should be one character")
    content = _content(path, _OPENERS.get(suffixes[-1]) if suffixes else None)
    rules = []
    if content.startswith(b"\xef\xbb\xbf") and encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        content = content[3:]
        rules.append("The byte order mark at the start of the file is dropped.")
    table = _delimited(path, _text(path, content, encoding), between, rules)
    for name in drop:
        table.columns.pop(name, None)
    return table


def _content(path: Path, opener: Any) -> bytes:
    try:
        with (opener or open)(path, "rb") as file:
            return bytes(file.read())
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise UserError(f"{path}: cannot be read ({error}); give a whole and readable file") from error


def _text(path: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise UserError(f"data.encoding={encoding} is no encoding; give utf-8, latin-1, cp1252 or utf-16") from None
    except UnicodeDecodeError as error:
        line = 1 + len(re.findall(rb"\r\n|\r|\n", content[: error.start]))
        mend = _BOMS.get(content[:2], "latin-1")
        raise UserError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not {encoding}; give data.encoding={mend}, "
            "or the one in which the file was written"
        ) from None


def _records(path: Path, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record and the line on which it begins; a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for record in reader:
            yield before + 1, record
            before = reader.line_num
    except csv.Error as error:
        raise UserError(
            f"{path}, line {before + 1}: the row that begins here is no row of a table ({error}); mend its quotes"
        ) from None


def _delimited(path: Path, text: str, separator: str, rules: list[str]) -> TableFile:
    records = _records(path, text, separator)
    header = next((record for _, record in records if record), None)
    if header is None:
        raise UserError(f"{path}: is empty; give a file with a line of column names and rows below it")
    names = [name.strip() for name in header]
    _check_names(path, names, separator)
    rows, lines, blank, stripped = [], [], 0, 0
    for line, record in records:
        if not record:
            blank += 1
            continue
        if len(record) != len(names):
            raise UserError(
                f"{path}, line {line}: has {len(record)} cells, the header has {len(names)}; mend the row, or quote "
                f"a cell that holds {separator!r}"
            )
        cells: list[Cell] = [cell.strip() for cell in record]
        stripped += sum(a != b for a, b in zip(cells, record, strict=True))
        rows.append(cells)
        lines.append(line)
    if not rows:
        raise UserError(f"{path}: has column names but no rows; add some")
    if blank:
        rules.append(f"Blank lines are left out ({blank}).")
    if stripped:
        rules.append(f"Spaces at the ends of cells are dropped ({stripped} cells).")
    if unnamed := names.count(""):
        rules.append(f"Columns without a name are left out ({unnamed}).")
    cells_of = zip(names, zip(*rows, strict=True), strict=True)
    return TableFile(path, {name: list(cells) for name, cells in cells_of if name}, lines, rules=rules)


def _check_names(path: Path, names: list[str], separator: str | None) -> None:
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise UserError(f"{path}: {names.count(twice)} columns are called {twice}; rename or remove one of them")
    other = next((mark for mark in ";\t|," if len(names) == 1 and mark != separator and mark in names[0]), None)
    if other:
        raise UserError(
            f"{path}: the first line {names[0]!r} is one column with separator {separator!r}; give "
            f'data.separator="{other}"'.replace("\t", "\\t")
        )


def _parquet(path: Path, drop: Sequence[str]) -> TableFile:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # what pyarrow raises is one of the two
        raise UserError(f"{path}: cannot be read as Parquet ({error}); write it again") from error
    names = [str(name) for name in frame.columns]
    _check_names(path, names, None)
    if frame.empty:
        raise UserError(f"{path}: is empty; give a file with columns and rows")
    columns: dict[str, list[Cell]] = {}
    for number, name in enumerate(names):
        if name in drop:
            continue
        column = frame.iloc[:, number]
        there = column.notna()
        if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_numeric_dtype(column.dtype):
            plain: list[Any] = column.tolist()
        elif pd.api.types.is_datetime64_any_dtype(column.dtype):
            plain = [moment.isoformat(" ") if known else None for moment, known in zip(column, there, strict=True)]
        else:
            cells = zip(column.astype(object), there, strict=True)
            plain = [_plain(path, name, row, cell) if known else None for row, (cell, known) in enumerate(cells, 1)]
        columns[name] = [
            None if not known else str(cell) if isinstance(cell, bool) else cell
            for cell, known in zip(plain, there, strict=True)
        ]
    return TableFile(path, columns, range(1, len(frame) + 1), typed=True)


def _plain(path: Path, name: str, row: int, cell: Any) -> Any:
    """A text, a date as ISO text, a number of another type as a float."""
    import datetime
    import decimal
    import numbers

    if isinstance(cell, str | bool):
        return cell
    if isinstance(cell, decimal.Decimal | numbers.Real):
        return float(cell)
    if isinstance(cell, datetime.date):
        return str(cell)
    raise UserError(
        f"{path}, row {row}, column {name}: holds a {type(cell).__name__}, no text or number; give data.drop=[{name}]"
    )
