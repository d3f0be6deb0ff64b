"""What MLflow says of a model that takes texts or table rows in the user's own form."""

import json
import shutil
from pathlib import Path
from typing import Any

from groklab.files import read_json

LOADER = "groklab.serving"  # by name: serving imports what tracking must not
_FILES = ("config.yaml", "card.json", "encoder.json")


def has_own_form(run_folder: Path, card: dict[str, Any]) -> bool:
    """Whether texts or rows go into the run's network; a language model takes tokens."""
    return (run_folder / "encoder.json").is_file() and card["kind"] != "language"


def copy_preprocessing(run_folder: Path, data: Path) -> None:
    """Put what it takes to read a user's form beside the network."""
    for name in _FILES:
        shutil.copyfile(run_folder / name, data / name)


def own_signature(run_folder: Path, card: dict[str, Any]) -> Any:
    """Columns that go in and come out, as a ``ModelSignature``."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    inputs: list[Any] = [ColSpec(kind, name, required=False) for name, kind in _columns(run_folder).items()]
    if card["kind"] == "classification":
        outputs: list[Any] = [
            ColSpec("string", "prediction"),
            *(ColSpec("double", f"p({name})") for name in card["class_names"]),
        ]
    else:
        names = card["target_names"] or map(str, range(card["num_outputs"]))
        outputs = [ColSpec("double", name) for name in names]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))


def write_own_example(run_folder: Path, target: Path) -> dict[str, str]:
    """An example row, as it is and as a client posts it to ``/invocations``."""
    known = read_json(run_folder / "encoder.json")
    row: dict[str, Any] = {}
    for seen in known.get("columns", ()):
        row[seen["column"]["name"]] = _typical(seen)
    row = row or {"text": " ".join(known["tokens"][:5])}
    table = {"columns": list(row), "data": [list(row.values())]}
    (target / "input_example.json").write_text(json.dumps(table, ensure_ascii=False))
    (target / "serving_input_example.json").write_text(json.dumps({"dataframe_split": table}, ensure_ascii=False))
    return {
        "artifact_path": "input_example.json",
        "serving_input_path": "serving_input_example.json",
        "type": "dataframe",
        "pandas_orient": "split",
    }


def _typical(seen: dict[str, Any]) -> float | str | None:
    """A cell that the column may hold: the median, the first category, a date."""
    kind, medians, categories = seen["column"]["kind"], seen["medians"], seen["categories"]
    if kind == "text":
        return categories[0] if categories else None
    if kind == "number":
        return float(medians[0])
    year, month, day = (int(part) for part in medians[:3])
    return f"{max(year, 1):04}-{max(month, 1):02}-{min(max(day, 1), 28):02}"  # each month has a 28th


def _columns(run_folder: Path) -> dict[str, str]:
    known = read_json(run_folder / "encoder.json")
    if "columns" not in known:
        return {"text": "string"}
    kinds = {seen["column"]["name"]: seen["column"]["kind"] for seen in known["columns"]}
    return {name: "double" if kind == "number" else "string" for name, kind in kinds.items()}
