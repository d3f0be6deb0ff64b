"""Pipeline outputs at the repository root -> one frozen ``Report``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from groklab.errors import UserError
from groklab.files import read_json
from groklab.report.atlases import read_atlases
from groklab.report.claims import read_claims
from groklab.report.comparison import compare
from groklab.report.composition import composition
from groklab.report.confusions import read_confusions
from groklab.report.curves import read_curves
from groklab.report.embedded import read_picture
from groklab.report.metrics import as_mapping, as_number, read_metrics
from groklab.report.multiruns import read_groups, read_searches
from groklab.report.records import Best, Cost, DataCard, Experiment, Picture, Report, Status

_LONGEST_TEXT = 2000


def gather(root: Path) -> Report:
    """Read every experiment that has a metrics file or a folder under ``models/``.

    Args:
        root: The folder of ``metrics/``, ``models/``, ``predictions/``, ``plots/``, ``pictures/``,
            ``data/prepared/``, ``searches/``, ``multirun/``, ``claims/`` and ``atlases/``.

    Raises:
        UserError: a file is there but broken; what is merely absent becomes a note.
    """
    evaluated = {path.stem for path in (root / "metrics").glob("*.json")}
    trained = {path.name for path in (root / "models").glob("*") if path.is_dir()}
    experiments = tuple(_experiment(root, name) for name in sorted(evaluated | trained))
    return Report(
        experiments,
        read_searches(root),
        read_groups(root / "multirun"),
        read_claims(root / "claims"),
        read_atlases(root / "atlases"),
    )


def _experiment(root: Path, name: str) -> Experiment:
    model = root / "models" / name
    notes: list[str] = []
    metrics_file = root / "metrics" / f"{name}.json"
    metrics = read_metrics(metrics_file) if metrics_file.exists() else None
    config = _read_config(model / "config.yaml")
    status = _read_status(model / "status.json")
    curves, best = read_curves(model / "log.jsonl"), _read_best(model / "best.json")
    notes += metrics.notes if metrics else ()
    card = _read_card(root, model, config)
    pictures, broken = _read_pictures(root / "pictures" / name)
    if status is None:
        notes.append("How the run ended is not recorded (no status.json).")
    elif status.status != "FINISHED":
        notes.append(f"The run's status is {status.status}{f': {status.error}' if status.error else ''}.")
    if metrics and status and metrics.run != status.run:
        notes.append(f"The metrics are of run {metrics.run}, the model is of run {status.run}: evaluate again.")
    if curves is None:
        notes.append("There is no training log, so there are no learning curves.")
    if not pictures:
        notes.append("There are no pictures of the predictions.")
    notes += [f"The picture {file} is not a PNG and is left out." for file in broken]
    if card is None:
        notes.append("There is no data card.")
    if config is None:
        notes.append("The composition is not recorded (no config.yaml).")
    return Experiment(
        name=name,
        metrics=metrics,
        comparison=compare(metrics, root / "predictions" / name),
        status=status,
        commit=_commit(root, model, status),
        curves=curves,
        best=best,
        cost=_read_cost(model / "cost.json", metrics.cost if metrics else {}),
        parts=composition(config or {}),
        card=card,
        pictures=pictures,
        texts=tuple((file.stem, _shown(file)) for file in sorted((root / "pictures" / name).glob("*.txt"))),
        confusions=read_confusions(root / "plots" / name / "confusion_matrix.csv"),
        notes=tuple(notes),
    )


def _read_config(path: Path) -> Mapping[str, Any] | None:
    if not path.exists():
        return None
    try:
        return as_mapping(yaml.safe_load(path.read_text(encoding="utf-8")), path, "the file")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: is not YAML ({error}). Run the experiment again.") from error


def _read_status(path: Path) -> Status | None:
    if not path.exists():
        return None
    known = as_mapping(read_json(path), path, "the file")
    return Status(
        run=str(known.get("run", "")),
        status=str(known.get("status", "unknown")),
        ended=_time(path, known.get("ended")),
        command=str(known.get("command") or ""),
        error=None if known.get("error") is None else str(known["error"]),
    )


def _time(path: Path, text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise UserError(f"{path}: ended must be an ISO time, not {text!r}. Run the experiment again.") from error
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _read_best(path: Path) -> Best | None:
    if not path.exists():
        return None
    known = as_mapping(read_json(path), path, "the file")
    epoch = as_number(known.get("epoch"), path, "epoch")
    return (
        None
        if epoch is None
        else Best(int(epoch), str(known.get("monitor", "")), as_number(known.get("value"), path, "value"))
    )


def _read_cost(path: Path, evaluated: Mapping[str, float]) -> Cost:
    known = {**evaluated, **(as_mapping(read_json(path), path, "the file") if path.exists() else {})}
    figures = {
        key: as_number(known.get(key), path, key) for key in ("duration_s", "num_parameters", "num_steps", "num_epochs")
    }
    whole = {key: None if value is None else int(value) for key, value in figures.items() if key != "duration_s"}
    device = known.get("device")
    return Cost(duration_s=figures["duration_s"], device=None if device is None else str(device), **whole)


def _commit(root: Path, model: Path, status: Status | None) -> str | None:
    """The commit that the run was made from; the one checked out now says nothing of the numbers."""
    places = [model / "environment.json"]
    if status and status.run.isalnum():
        places.append(root / "runs" / status.run / "environment.json")
    for path in places:
        if path.exists():
            git = as_mapping(read_json(path), path, "the file").get("git")
            if isinstance(git, Mapping) and git.get("commit"):
                return str(git["commit"])[:10] + (" with changes" if git.get("dirty") else "")
    return None


def _read_pictures(folder: Path) -> tuple[tuple[Picture, ...], list[str]]:
    pictures, broken = [], []
    for path in sorted(folder.glob("*.png")):
        if path.stem == "learning_curves":  # the page draws its own
            continue
        picture = read_picture(path)
        if picture is None:
            broken.append(path.name)
        else:
            pictures.append(picture)
    return tuple(pictures), broken


def _shown(path: Path) -> str:
    """The start of a text."""
    return path.read_text(encoding="utf-8", errors="replace")[:_LONGEST_TEXT]


def _read_card(root: Path, model: Path, config: Mapping[str, Any] | None) -> DataCard | None:
    """The card of the prepared data, or, where these are not the pipeline's, the one beside the model."""
    data = (config or {}).get("data")
    name = data.get("name") if isinstance(data, Mapping) else data
    if not isinstance(name, str) or not name or Path(name).name != name:
        return None
    places = (root / "data" / "prepared" / name / "card.json", model / "card.json")
    path = next((place for place in places if place.exists()), None)
    if path is None:
        return None
    known = as_mapping(read_json(path), path, "the file")
    cleaning = as_mapping(known.get("cleaning") or {}, path, "cleaning")
    classes = known.get("class_counts")
    text = {key: None if known.get(key) is None else str(known[key]) for key in ("licence", "citation", "source")}
    return DataCard(
        name=str(known.get("name", name)),
        kind=str(known.get("kind", "")),
        shape=tuple(int(size) for size in known.get("shape") or ()),
        num_outputs=known.get("num_outputs"),
        counts=as_mapping(known.get("counts") or {}, path, "counts"),
        class_counts=None if classes is None else as_mapping(classes, path, "class_counts"),
        cleaning={key: value for key, value in cleaning.items() if isinstance(value, int)},
        rules=tuple(str(rule) for rule in cleaning.get("rules") or ()),
        fingerprint=None if known.get("fingerprint") is None else str(known["fingerprint"]),
        **text,
    )
