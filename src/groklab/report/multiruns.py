"""What searches and repeated runs found, from their folders."""

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from groklab.files import read_json
from groklab.report.metrics import as_mapping, as_number
from groklab.report.records import Confirmed, Group, Picture, Search

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_searches(folder: Path) -> tuple[Search, ...]:
    """Every search of one objective under ``folder`` that came to a best trial, by name.

    Raises:
        UserError: A file of one is broken.
    """
    found = (_search(path) for path in sorted(folder.glob("*/search.json")))
    return tuple(search for search in found if search is not None)


def read_groups(folder: Path) -> tuple[tuple[str, str, tuple[Group, ...]], ...]:
    """Name, command and groups of every grid under ``folder`` whose configurations have several runs.

    Raises:
        UserError: A file of one is broken.
    """
    found = []
    for path in sorted(folder.glob("*/groups.json")):
        known = as_mapping(read_json(path), path, "the file")
        found.append((path.parent.name, _command(path.parent), tuple(_group(path, item) for item in known["groups"])))
    return tuple(found)


def read_picture(path: Path) -> Picture | None:
    """The PNG at ``path``; None where there is none."""
    content = path.read_bytes() if path.exists() else b""
    if len(content) < 24 or not content.startswith(_PNG_SIGNATURE):
        return None
    width, height = struct.unpack(">II", content[16:24])
    return Picture(path.stem, content, width, height)


def _search(path: Path) -> Search | None:
    known = as_mapping(read_json(path), path, "the file")
    objectives, numbers = known.get("objective") or [], known.get("best") or []
    trials = {trial["number"]: trial for trial in known.get("trials") or []}
    if len(objectives) != 1 or not numbers or numbers[0] not in trials:
        return None
    best = trials[numbers[0]]
    states = [str(trial["state"]).lower() for trial in trials.values()]
    pictures = (read_picture(path.parent / "pictures" / f"{name}.png") for name in ("history", "importance"))
    return Search(
        name=path.parent.name,
        command=_command(path.parent),
        objective=str(objectives[0]),
        num_trials=len(states),
        states=tuple((state, states.count(state)) for state in sorted(set(states))),
        best=int(best["number"]),
        value=float(best["values"][0]),
        params=tuple((str(key), _shown(value)) for key, value in sorted(best["params"].items())),
        confirmed=_confirmed(path, known.get("confirmed") or {}),
        pictures=tuple(picture for picture in pictures if picture),
    )


def _confirmed(path: Path, known: Mapping[str, Any]) -> Confirmed | None:
    if not known:
        return None
    mean, low, high, gap = (as_number(known.get(key), path, key) for key in ("mean", "low", "high", "optimism_gap"))
    return None if mean is None or gap is None else Confirmed(mean, low, high, int(known["n"]), gap)


def _group(path: Path, known: Mapping[str, Any]) -> Group:
    monitor = str(known["monitor"])
    figures = as_mapping(known["metrics"][monitor], path, monitor)
    mean, low, high = (as_number(figures.get(key), path, key) for key in ("mean", "low", "high"))
    return Group(" ".join(known["varied"]) or "all", monitor, mean, low, high, int(known["n"]))


def _command(folder: Path) -> str:
    path = folder / "status.json"
    return str(as_mapping(read_json(path), path, "the file").get("command") or "") if path.exists() else ""


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
