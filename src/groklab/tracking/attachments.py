"""The files of a run, or of a multirun, that go to MLflow with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from groklab.files import read_json, write_json
from groklab.tracking.secrets import redact

_AT_THE_TOP = (
    "config.yaml",
    "card.json",
    "encoder.json",
    "environment.json",
    "code.json",
    "metrics.json",
    "best.json",
    "cost.json",
    "log.jsonl",
    "weights.safetensors",
    "search.json",
    "best.yaml",
    "groups.json",
    "jobs.jsonl",
)
_FOLDERS = (("pictures", "*.png"), ("pictures", "*.txt"), ("plots", "*.csv"))


def attachments(run_folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Each file that is there, with the folder that it goes to."""
    for name in _AT_THE_TOP:
        if (run_folder / name).is_file():
            yield run_folder / name, None
    for folder, pattern in _FOLDERS:
        for path in sorted((run_folder / folder).glob(pattern)):
            yield path, folder


def without_secrets(path: Path, spare: Path) -> Path:
    """``path`` itself if it holds no secret, else a copy in ``spare`` with ``***`` in their place."""
    if path.suffix not in (".yaml", ".json"):
        return path
    content: Any = yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else read_json(path)
    clean = redact(content)
    if clean == content:
        return path
    copy = spare / path.name
    if path.suffix == ".yaml":
        copy.write_text(yaml.safe_dump(clean, sort_keys=False, allow_unicode=True))
    else:
        write_json(copy, clean)
    return copy
