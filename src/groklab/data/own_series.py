"""A series of the user's own: CSV, TSV or Parquet, one time a row."""

from pathlib import Path
from typing import Any, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.dataset import Fraction
from groklab.data.own_data import OwnData
from groklab.data.series import Series, SeriesData
from groklab.data.table import MISSING
from groklab.data.table_columns import Column, cells_of, describe
from groklab.data.table_file import TableFile, read_table
from groklab.data.time_steps import time_steps
from groklab.data.variation import Variation
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
_FEWEST = 0.5  # of the steps must be in the file: with fewer the step is not what it seems


class OwnSeries(OwnData, SeriesData):
    """Columns of numbers at equal steps of time, in any order of the rows.

    A step that the file lacks is one without values. Gaps are filled by :class:`SeriesData`.

    Args:
        path: Of a .csv, .tsv, .tab (also .gz, .bz2, .xz) or .parquet file with a line of column names.
        time: The column of times: YYYY-MM-DD, YYYY-MM-DD HH:MM[:SS], or numbers.
        window: As in :class:`SeriesData`, and so the rest that is not named here.
        horizon: As above.
        name: As above.
        channels: Columns that are seen; ``None`` for all others that are numbers.
        targets: Those of them that are forecast; ``None`` for all.
        shape: As above; found in the data if ``None``, and so for the two below.
        num_features: As above.
        num_outputs: As above.
        period: As above.
        encoding: Of a text file.
        separator: Between cells; ``None`` for what the suffix says.
        missing: Texts that mean that a cell has no value; ``None`` for the usual ones.
        val_fraction: As above.
        test_fraction: As above.
        split_seed: As above.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: A target is no channel.
    """

    def __init__(
        self,
        *,
        path: str,
        time: str,
        window: PositiveInt,
        horizon: PositiveInt,
        name: str,
        channels: list[str] | None = None,
        targets: list[str] | None = None,
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        period: PositiveInt = 1,
        encoding: str = "utf-8",
        separator: str | None = None,
        missing: list[str] | None = None,
        val_fraction: Fraction,
        test_fraction: Fraction,
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
            window=window,
            horizon=horizon,
            period=period,
            num_targets=None if targets is None else len(targets),
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        self.time, self.channels, self.targets = time, channels, targets
        self.encoding, self.separator = encoding, separator
        self.missing = list(MISSING) if missing is None else missing
        for key, names in (("channels", channels), ("targets", targets)):
            if names is not None and (not names or len({*names}) < len(names)):
                raise ValueError(f"{key}={names} should be one or more columns, each once")
        if channels is not None and (strangers := [name for name in targets or [] if name not in channels]):
            raise ValueError(f"targets={targets}: {', '.join(strangers)} is not among channels={channels}")

    def series(self) -> Series:
        """The channels in the order of time, a row a step."""
        values, names, _, rules = self._ordered(self.place())
        return Series(values, names, self.place().name, self.source_hash(), rules)

    def read_inputs(self, path: Path) -> tuple[Array, list[str]]:
        """The last ``window`` steps of a series with the same columns, and the time of the last step.

        Raises:
            UserError: It is no series, is too short, lacks a channel or a value.
        """
        values, names, last, _ = self._ordered(Path(path))
        if self.shape is not None and len(names) != self.shape[1]:
            raise UserError(
                f"{path}: has {len(names)} channels ({', '.join(names)}), the network takes {self.shape[1]}"
            )
        seen = values[-self.window :]
        if len(seen) < self.window:
            raise UserError(f"{path}: has {len(seen)} steps, but window={self.window} are needed; give a longer series")
        if not np.isfinite(seen).all():
            channel = names[int(np.flatnonzero(~np.isfinite(seen).all(axis=0))[0])]
            raise UserError(f"{path}: channel {channel} lacks a value in the last {self.window} steps; fill it in")
        return seen[None], [last]

    def _ordered(self, path: Path) -> tuple[Array, list[str], str, list[str]]:
        """Values by step, names of the channels, the last time, and what was done."""
        table = read_table(path, encoding=self.encoding, separator=self.separator).without_missing(self.missing)
        table.require("data.time", [self.time])
        table.require("data.channels", self.channels or [])
        table.require("data.targets", self.targets or [])
        if self.time in (self.channels or []):
            raise UserError(f"data.channels: {self.time} is the column of times; leave it out")
        columns, rules = self._channels(table)
        steps, length = time_steps(table, self.time)
        values = np.full((int(steps.max()) + 1, len(columns)), np.nan)
        if len(steps) < _FEWEST * len(values):
            raise UserError(
                f"{table.path}, column {self.time}: with a step of {length}, {len(values) - len(steps)} of "
                f"{len(values)} steps are missing; bring the series to equal steps"
            )
        for number, column in enumerate(columns):
            cells = cells_of(table, column, self.missing)
            values[steps, number] = [np.nan if cell is None else cell for cell in cells]
        if (np.diff(steps) < 0).any():
            rules.append(f"Rows are sorted by {self.time}.")
        rules.append(f"A step is {length}; steps that the file lacks have no values ({len(values) - len(steps)}).")
        last = str(table.columns[self.time][int(steps.argmax())])
        return values, [column.name for column in columns], last, [*table.rules, *rules]

    def _channels(self, table: TableFile) -> tuple[list[Column], list[str]]:
        every = [name for name in table.columns if name != self.time] if self.channels is None else self.channels
        first = self.targets or []  # what is forecast comes first
        names = [*first, *(name for name in every if name not in first)]
        found = {name: describe(table, name, as_text=False, as_date=False, missing=self.missing) for name in names}
        numeric = [column for column in found.values() if column and column.kind == "number"]
        others = [name for name in names if found[name] not in numeric]
        if others and (self.channels is not None or others[0] in first):
            key = "data.targets" if others[0] in first else "data.channels"
            raise UserError(f"{table.path}, column {others[0]}: is no column of numbers; leave it out of {key}")
        if not numeric:
            raise UserError(f"{table.path}: has no column of numbers besides {self.time}; give another file")
        return numeric, [f"Columns that are no numbers are left out: {', '.join(others)}."] * bool(others)
