"""What MLflow's table of runs says of a run: parameters and tags, from the files of its folder."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from groklab.errors import UserError
from groklab.files import read_json
from groklab.tracking.liveness import status_of
from groklab.tracking.secrets import redact

# MLflow's limits, mlflow.utils.validation.
LONGEST_KEY = 250
LONGEST_PARAM = 6000
LONGEST_TAG = 8000
_ALLOWED_KEY = re.compile(r"[\w.\- /]+")


@dataclass(frozen=True)
class Parameters:
    """The resolved config as MLflow parameters.

    Attributes:
        fitting: Dotted key to value, for what MLflow takes as it is.
        in_full: The rest, which it would cut or refuse; goes to a file.
    """

    fitting: dict[str, str]
    in_full: dict[str, str]


def content_of(run_folder: Path, name: str) -> dict[str, Any]:
    """A JSON or YAML file of the run as a mapping without secrets; empty where it cannot be read yet."""
    path = run_folder / name
    try:
        content = yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else read_json(path)
    except (OSError, ValueError, yaml.YAMLError, UserError):
        return {}
    return dict(redact(content)) if isinstance(content, Mapping) else {}


def parameters(run_folder: Path) -> Parameters:
    """``config.yaml`` flattened to dotted keys; a list stays one value, in JSON."""
    fitting: dict[str, str] = {}
    in_full: dict[str, str] = {}
    for key, value in _flat(content_of(run_folder, "config.yaml")):
        fits = len(key) <= LONGEST_KEY and len(value) <= LONGEST_PARAM and _ALLOWED_KEY.fullmatch(key)
        (fitting if fits else in_full)[key] = value
    return Parameters(fitting, in_full)


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def tags(run_folder: Path) -> dict[str, str]:
    """The run's tags, MLflow's own (``mlflow.*``) among them; none comes from environment variables."""
    status = redact(status_of(run_folder))
    run, experiment = run_folder.name, str(status.get("experiment") or "")
    environment = content_of(run_folder, "environment.json")
    git = environment.get("git") or {}
    card = content_of(run_folder, "card.json")
    sweep = content_of(run_folder, "sweep.json")
    multirun = content_of(run_folder, "config.yaml").get("multirun")
    said = {
        "groklab.run": run,
        "groklab.experiment": experiment,
        "groklab.status": status.get("status"),
        "groklab.error": status.get("error"),
        "groklab.command": status.get("command"),
        "groklab.host": status.get("host"),
        "groklab.device": content_of(run_folder, "cost.json").get("device"),
        "groklab.data": card.get("name"),
        "groklab.data.fingerprint": card.get("fingerprint"),
        "groklab.git.dirty": git.get("dirty"),
        "groklab.sweep": sweep.get("sweep"),
        "groklab.job": sweep.get("job"),
        "groklab.multirun": multirun,
        "mlflow.runName": f"{experiment}-{run[:6]}" if experiment and not multirun else run,
        "mlflow.source.name": _program(status),
        "mlflow.source.type": "LOCAL",
        "mlflow.source.git.commit": git.get("commit"),
        "mlflow.source.git.branch": git.get("branch"),
        "mlflow.note.content": _note(run_folder, status),
    }
    undefined = content_of(run_folder, "metrics.json").get("undefined") or {}
    said |= {f"groklab.undefined.{metric}": reason for metric, reason in undefined.items()}
    return {key: _cut(str(value)) for key, value in said.items() if value not in (None, "")}


def _program(status: Mapping[str, Any]) -> str:
    words = str(status.get("command") or "").split()
    return next((word for word in words if word.endswith(".py")), "groklab")


def _note(run_folder: Path, status: Mapping[str, Any]) -> str:
    note = f"Files: `{run_folder.parent.name}/{run_folder.name}`"
    if command := status.get("command"):
        note = f"The same run again:\n\n```\n{command}\n```\n\n{note}"
    return note


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TAG else f"{text[: LONGEST_TAG - 4]} ..."


def results(run_folder: Path) -> dict[str, float]:
    """The single numbers of a run: ``best/...``, ``test/...``, ``baseline/<name>/...``, ``cost/...``."""
    scores = content_of(run_folder, "metrics.json")
    split = scores.get("split") or "test"
    best = content_of(run_folder, "best.json")
    named = {f"best/{key}": value for key, value in (best.get("metrics") or {}).items()}
    named["best/epoch"] = best.get("epoch")
    named |= {f"{split}/{key}": value for key, value in (scores.get("metrics") or {}).items()}
    for baseline, metrics in (scores.get("baselines") or {}).items():
        named |= {f"baseline/{baseline}/{key}": value for key, value in metrics.items()}
    named |= {f"cost/{key}": value for key, value in content_of(run_folder, "cost.json").items()}
    return {
        key: float(value)
        for key, value in named.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }
