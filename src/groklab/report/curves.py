"""The training log as columns."""

import json
import math
from pathlib import Path
from typing import Any

from groklab.errors import UserError
from groklab.report.records import Curves


def read_curves(path: Path) -> Curves | None:
    """Read ``log.jsonl``; None where there is no whole line.

    A last line without its newline was torn by a kill and is ignored. Of two lines for one epoch the later
    counts.

    Raises:
        UserError: a whole line is not what the log holds.
    """
    if not path.exists():
        return None
    whole = path.read_bytes().split(b"\n")[:-1]
    epochs: dict[int, dict[str, Any]] = {}
    for row, line in enumerate(whole, start=1):
        try:
            entry = json.loads(line)
            epochs[int(entry["epoch"])] = dict(entry["metrics"])
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(f"{path}, line {row}: must hold epoch and metrics ({error!r}). Train again.") from error
    if not epochs:
        return None
    order = sorted(epochs)
    names = sorted({name for metrics in epochs.values() for name in metrics})
    return Curves(
        epochs=tuple(order),
        series={name: tuple(_value(epochs[epoch].get(name)) for epoch in order) for name in names},
    )


def _value(logged: Any) -> float:
    return float(logged) if isinstance(logged, int | float) else math.nan
