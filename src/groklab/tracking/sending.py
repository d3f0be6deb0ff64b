"""The parts of a delivery; each sends what changed and remembers it."""

import json
import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from groklab.files import digest, sha256
from groklab.tracking.attachments import attachments, without_secrets
from groklab.tracking.counterpart import parent_of
from groklab.tracking.description import content_of, parameters, results, tags
from groklab.tracking.findings import best_of, findings
from groklab.tracking.runlog import Point, points, read_lines
from groklab.tracking.state import State
from groklab.tracking.store import Store

_METRICS_PER_BATCH = 1000  # MLflow's limits
_PARAMS_PER_BATCH = 100
_DIGEST_LENGTH = 16  # MLflow takes 36, but shows it in full in each row of its table
_IN_FULL = "params_in_full.json"
_PARENT, _NOTE = "mlflow.parentRunId", "mlflow.note.content"

T = TypeVar("T")


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def send_parameters(run_folder: Path, store: Store, state: State) -> None:
    """The config as parameters; what MLflow would cut goes to ``params_in_full.json``, and a tag says so."""
    from mlflow.entities import Param

    wanted = parameters(run_folder)
    content = digest([wanted.fitting, wanted.in_full])
    if not (wanted.fitting or wanted.in_full) or not state.lacks("params", content):
        return
    run_id = str(state.run_id)
    there = store.client.get_run(run_id).data.params
    new = [Param(key, value) for key, value in wanted.fitting.items() if key not in there]
    for batch in _batches(new, _PARAMS_PER_BATCH):
        store.client.log_batch(run_id, params=batch)
    # MLflow never changes a parameter; a resumed run may differ in its device or its paths.
    for key, value in wanted.fitting.items():
        if there.get(key, value) != value:
            store.client.set_tag(run_id, f"param.{key}", value)
    if wanted.in_full:
        store.client.log_dict(run_id, wanted.in_full, _IN_FULL)
        store.client.set_tag(run_id, "params_in_full", f"{_IN_FULL}: {', '.join(wanted.in_full)}"[:1000])
    state.remember("params", content)


def send_tags(run_folder: Path, store: Store, state: State) -> None:
    """The tags as they are now; one that no longer holds, such as a resumed run's error, goes."""
    from mlflow.entities import RunTag

    wanted = tags(run_folder)
    if parent := parent_of(run_folder, store):
        wanted[_PARENT] = parent
    if best := best_of(run_folder):
        wanted["groklab.best"] = best
    if found := findings(run_folder):
        wanted[_NOTE] = f"{found}\n\n{wanted[_NOTE]}"
    if not state.lacks("tags", digest(wanted)):
        return
    run_id = str(state.run_id)
    for batch in _batches([RunTag(key, value) for key, value in wanted.items()], _PARAMS_PER_BATCH):
        store.client.log_batch(run_id, tags=batch)
    for key in store.client.get_run(run_id).data.tags:
        if key.startswith("groklab.") and key not in wanted:
            store.client.delete_tag(run_id, key)
    state.remember("tags", digest(wanted))


def send_log(run_folder: Path, store: Store, state: State) -> None:
    """The new lines of ``log.jsonl``; one that was cut back and grows again is the same log."""
    from mlflow.entities import Metric

    lines = read_lines(run_folder / "log.jsonl")
    new = list(points(lines[state.lines :]))
    if not new:
        return
    run_id = str(state.run_id)
    if state.doubtful:
        new = _unknown(new, store, run_id)
    state.doubtful = True
    state.save()
    for batch in _batches(new, _METRICS_PER_BATCH):
        store.client.log_batch(run_id, metrics=[Metric(p.key, p.value, p.time_ms, p.step) for p in batch])
    state.lines, state.doubtful = len(lines), False
    state.save()


def _unknown(new: list[Point], store: Store, run_id: str) -> list[Point]:
    """Leave out what MLflow has, after a delivery of which it is not known how far it came."""
    steps = {
        key: {metric.step for metric in store.client.get_metric_history(run_id, key)}
        for key in {point.key for point in new}
    }
    return [point for point in new if point.step not in steps[point.key]]


def send_data(run_folder: Path, store: Store, state: State) -> None:
    """The data card as the run's input, listed by MLflow as a data set."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    card = content_of(run_folder, "card.json")
    fingerprint = str(card.get("fingerprint") or "")
    if not fingerprint or not state.lacks("data", fingerprint):
        return
    about = {key: card.get(key) for key in ("kind", "shape", "num_outputs", "counts", "licence")}
    dataset = Dataset(
        name=str(card.get("name", "data"))[:500],
        digest=fingerprint[:_DIGEST_LENGTH],
        source_type="local",
        source=json.dumps({"uri": str(card.get("source") or "")})[:60_000],
        profile=json.dumps(about),
    )
    store.client.log_inputs(str(state.run_id), [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    state.remember("data", fingerprint)


def send_results(run_folder: Path, store: Store, state: State, *, model_id: str | None) -> None:
    """The single numbers, tied to the model they were measured on; only what changed is sent.

    All at step 0, for which MLflow draws a bar instead of a curve of one point.
    """
    from mlflow.entities import Metric

    wanted = results(run_folder)
    content = digest([{key: repr(value) for key, value in wanted.items()}, model_id])
    if not wanted or not state.lacks("results", content):
        return
    run_id = str(state.run_id)
    there = store.client.get_run(run_id).data.metrics
    now = round(time.time() * 1000)
    new = [
        Metric(key, value, now, step=0, model_id=None if key.startswith("baseline/") else model_id)
        for key, value in wanted.items()
        if not _same(there.get(key), value) or state.sent.get("results_of") != str(model_id)
    ]
    for batch in _batches(new, _METRICS_PER_BATCH):
        store.client.log_batch(run_id, metrics=batch)
    state.sent["results_of"] = str(model_id)
    state.remember("results", content)


def _same(one: float | None, other: float) -> bool:
    return one is not None and (one == other or (math.isnan(one) and math.isnan(other)))


def send_files(run_folder: Path, store: Store, state: State) -> None:
    """Config, cards, scores, weights, pictures and plots; only files whose bytes changed are sent."""
    with tempfile.TemporaryDirectory() as spare:
        for path, folder in attachments(run_folder):
            name = f"file:{path.relative_to(run_folder)}"
            content = sha256(path)
            if state.lacks(name, content):
                store.client.log_artifact(str(state.run_id), str(without_secrets(path, Path(spare))), folder)
                state.remember(name, content)
