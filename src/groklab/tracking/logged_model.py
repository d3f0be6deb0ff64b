"""A run's network among MLflow's models."""

import tempfile
from pathlib import Path

from groklab.files import sha256
from groklab.tracking.description import content_of
from groklab.tracking.model import write_model
from groklab.tracking.state import State
from groklab.tracking.store import Store

_NEEDED = ("model.pt2", "input_example.npy", "output_example.npy", "card.json", "environment.json")


def send_model(run_folder: Path, store: Store, state: State) -> str | None:
    """Put the current ``model.pt2`` among the models, as ``model``; its MLflow id, None without a network.

    A model of an earlier delivery (the run was resumed since, or the delivery broke off) is deleted.
    """
    from mlflow.entities import LoggedModelOutput

    if not all((run_folder / name).is_file() for name in _NEEDED):
        return None
    content = sha256(run_folder / "model.pt2")
    if not state.lacks("model", content):
        return state.sent["model_id"]
    run_id = str(state.run_id)
    ours = {"groklab.run": run_folder.name, "groklab.model.sha256": content}
    model = store.client.create_logged_model(store.experiment_id, "model", source_run_id=run_id, tags=ours)
    model_id = str(model.model_id)
    with tempfile.TemporaryDirectory() as spare:
        target = Path(spare, "model")
        write_model(run_folder, target, mlflow_run_id=run_id, model_id=model_id, location=str(model.artifact_location))
        store.client.log_model_artifacts(model_id, str(target))
    store.client.finalize_logged_model(model_id, "READY")
    step = int(content_of(run_folder, "best.json").get("step") or 0)
    store.client.log_outputs(run_id, [LoggedModelOutput(model_id, step)])
    state.sent["model_id"] = model_id
    state.remember("model", content)
    _delete_others(store, run_id, model_id)
    return model_id


def _delete_others(store: Store, run_id: str, model_id: str) -> None:
    for other in store.client.search_logged_models([store.experiment_id], f"source_run_id = '{run_id}'"):
        if other.model_id != model_id and "groklab.run" in other.tags:
            store.client.delete_logged_model(other.model_id)
