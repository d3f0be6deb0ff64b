"""The append-only log of a run, read while it is written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Point:
    """One value of one metric.

    Attributes:
        key: Name, such as ``val/loss``.
        value: Finite or not.
        step: Optimizer step it was measured at.
        time_ms: When, in milliseconds of Unix time.
    """

    key: str
    value: float
    step: int
    time_ms: int


def read_lines(path: Path) -> list[bytes]:
    """The complete lines of ``log.jsonl``; a last line that a kill tore, without newline, is left out."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    return content.split(b"\n")[:-1]


def points(lines: list[bytes]) -> Iterator[Point]:
    """The values in some lines, in order; a value that is null and a line that is not JSON give none."""
    for line in lines:
        try:
            row = json.loads(line)
            step, time_ms, metrics = int(row["step"]), int(row["time_ms"]), dict(row["metrics"])
        except (ValueError, KeyError, TypeError):
            continue
        for key, value in metrics.items():
            if isinstance(value, (int, float)):
                yield Point(str(key), float(value), step, time_ms)
