"""All that is known of a run or a multirun, in sections of dotted keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from groklab.errors import UserError
from groklab.files import read_json

Section = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """What is compared.

    Args:
        title: What it is, in a few words.
        sections: By name; None where nothing is known.
    """

    title: str
    sections: dict[str, Section | None]


def record_of(folder: Path, *, root: Path) -> Record:
    """The record of a run's or a model's folder.

    Args:
        folder: Its own.
        root: The working folder, whose ``metrics/`` and ``runs/`` have the scores of a model.

    Raises:
        UserError: A file in it cannot be read.
    """
    status = _json(folder / "status.json") or {}
    title = f"{folder}  {status.get('experiment', '')}  {status.get('status', 'never started')}"
    return Record(title, sections_of(folder, root=root))


def sections_of(folder: Path, *, root: Path) -> dict[str, Section | None]:
    """Config, code, data, environment and metrics of a run.

    Raises:
        UserError: A file in it cannot be read.
    """
    card, best, cost = (_json(folder / name) for name in ("card.json", "best.json", "cost.json"))
    environment = _json(folder / "environment.json")
    return {
        "config": config_of(folder),
        "code": _json(folder / "code.json"),
        "data": None if card is None else dict(_flat(_data(card))),
        "environment": None
        if environment is None
        else {**dict(_flat(environment)), "device": (cost or {}).get("device")},
        "metrics": None if best is None else {**best["metrics"], **_scores(folder, root), **dict(_flat(_cost(cost)))},
    }


def config_of(folder: Path) -> Section | None:
    """The config in a folder; None if there is none.

    Raises:
        UserError: It cannot be read.
    """
    path = folder / "config.yaml"
    if not path.exists():
        return None
    try:
        return dict(_flat(yaml.safe_load(path.read_text())))
    except yaml.YAMLError as error:
        raise UserError(f"{path}: is no YAML ({' '.join(str(error).split())}); run its command again") from error


def _data(card: Mapping[str, Any]) -> dict[str, Any]:
    return {key: card.get(key) for key in ("name", "fingerprint", "source_sha256", "counts", "split", "cleaning")}


def _cost(cost: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"cost": {key: value for key, value in (cost or {}).items() if key != "device"}}


def _scores(folder: Path, root: Path) -> dict[str, Any]:
    """Of the test part; a model's lie in the pipeline's folder, or in its run's."""
    run = (_json(folder / "status.json") or {}).get("run", "")
    for path in (
        folder / "metrics.json",
        root / "runs" / run / "metrics.json",
        root / "metrics" / f"{folder.name}.json",
    ):
        scores = _json(path)
        if scores and scores.get("run") == run and scores.get("split") == "test":
            return {f"test/{name}": value for name, value in scores["metrics"].items()}
    return {}


def _json(path: Path) -> Any:
    return read_json(path) if path.is_file() else None


def _flat(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and their values."""
    if isinstance(node, Mapping) and (node or not prefix):
        for key, child in node.items():
            yield from _flat(child, f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, node
