"""Which run of MLflow's a folder's is."""

from datetime import datetime
from pathlib import Path

from groklab.tracking.description import content_of
from groklab.tracking.liveness import status_of
from groklab.tracking.state import State, state_of
from groklab.tracking.store import Store

_MULTIRUNS = "multirun"


def find_or_create(run_folder: Path, store: Store, state: State) -> bool:
    """Settle ``state.run_id``; False where the run was deleted in MLflow, which is a user's wish."""
    from mlflow.exceptions import MlflowException

    if state.run_id is not None:
        if state.run_id in store.seen:
            return True
        try:
            if store.client.get_run(state.run_id).info.lifecycle_stage != "active":
                return False
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            state.forget()
    if state.run_id is None:
        # The tag comes with the creation: a crash before the id is remembered leaves a run that is found.
        name = run_folder.name
        found = tagged(name, store)
        state.doubtful = found is not None
        started = milliseconds(status_of(run_folder).get("started"))
        state.run_id = found or str(
            store.client.create_run(store.experiment_id, start_time=started, tags={"groklab.run": name}).info.run_id
        )
        state.save()
    store.seen.add(state.run_id)
    return True


def parent_of(run_folder: Path, store: Store) -> str | None:
    """MLflow's id of the multirun that the run is a job of, made if MLflow does not have it yet.

    None for a run of its own, and where the multirun was deleted in MLflow or nothing is known of it.
    """
    sweep = str(content_of(run_folder, "sweep.json").get("sweep") or "")
    if not sweep:
        return None
    if sweep not in store.parents:
        folder = run_folder.parent.parent / _MULTIRUNS / sweep
        if (folder / "status.json").exists():
            with state_of(folder, store.place) as state:
                found = state.run_id if find_or_create(folder, store, state) else None
        else:
            found = tagged(sweep, store)
        if found is None:
            return None
        store.parents[sweep] = found
    return store.parents[sweep]


def tagged(name: str, store: Store) -> str | None:
    """MLflow's id of the run that was made for the folder ``name``."""
    found = store.client.search_runs([store.experiment_id], f"tags.`groklab.run` = '{name}'", max_results=1)
    return str(found[0].info.run_id) if found else None


def milliseconds(when: str | None) -> int | None:
    """An ISO time as MLflow takes it."""
    return None if when is None else round(datetime.fromisoformat(when).timestamp() * 1000)
