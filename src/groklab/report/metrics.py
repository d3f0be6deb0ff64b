"""A metrics file, checked: what is wrong with it is said with its name."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groklab.errors import UserError
from groklab.files import read_json
from groklab.report.records import Metrics


def read_metrics(path: Path) -> Metrics:
    """Read ``metrics/<experiment>.json``.

    Raises:
        UserError: it is not JSON, or a part of it is missing or of the wrong kind.
    """
    known = as_mapping(read_json(path), path, "the file")
    for key in ("experiment", "run", "metrics"):
        if key not in known:
            raise UserError(f"{path}: {key} is missing. Evaluate the experiment again.")
    raw = as_mapping(known["metrics"], path, "metrics")
    undefined = {
        name: f"it is {value}, not a finite number"
        for name, value in raw.items()
        if isinstance(value, float) and not math.isfinite(value)
    }
    reasons = as_mapping(known.get("undefined") or {}, path, "undefined")
    cost = as_mapping(known.get("cost") or {}, path, "cost")
    return Metrics(
        experiment=str(known["experiment"]),
        run=str(known["run"]),
        split=str(known.get("split", "test")),
        values=_numbers(raw, path, "metrics"),
        undefined=undefined | {name: str(reason) for name, reason in reasons.items()},
        baselines={
            name: _numbers(as_mapping(scores, path, f"baselines.{name}"), path, f"baselines.{name}")
            for name, scores in as_mapping(known.get("baselines") or {}, path, "baselines").items()
        },
        cost={key: value for key, value in cost.items() if isinstance(value, int | float)},
        notes=_notes(as_mapping(known.get("notes") or {}, path, "notes")),
    )


def _notes(notes: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{'The network' if name == 'network' else f'Baseline {name}'}: {note}."
        for name, of_one in notes.items()
        for note in of_one
    )


def _numbers(values: Mapping[str, Any], path: Path, where: str) -> dict[str, float | None]:
    return {name: as_number(value, path, f"{where}.{name}") for name, value in values.items()}


def as_mapping(value: Any, path: Path, where: str) -> Mapping[str, Any]:
    """``value``, which must be a JSON object.

    Raises:
        UserError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise UserError(f"{path}: {where} must be an object, not {value!r}. Run the stage that wrote it again.")
    return value


def as_number(value: Any, path: Path, where: str) -> float | None:
    """``value`` as a float; None where it is null or not finite.

    Raises:
        UserError: it is not a number.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{path}: {where} must be a number or null, not {value!r}. Run the stage that wrote it again.")
    return float(value) if math.isfinite(value) else None
