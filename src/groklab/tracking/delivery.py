"""One run's folder, mirrored into MLflow; may be broken off and repeated at any point."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from groklab.tracking import sending
from groklab.tracking.failures import undelivered
from groklab.tracking.liveness import RUNNING, status_of
from groklab.tracking.logged_model import send_model
from groklab.tracking.state import State, state_of
from groklab.tracking.store import Store

_LOCKED_S = 60.0


@dataclass(frozen=True)
class Delivered:
    """What a delivery did.

    Attributes:
        run_id: MLflow's id of the run.
        complete: Whether the run is over and all of it is in MLflow.
        changed: Whether there was anything to send.
    """

    run_id: str
    complete: bool
    changed: bool


def deliver(run_folder: Path, store: Store) -> Delivered:
    """Send what MLflow does not have yet of ``run_folder``; a database that is locked is waited for.

    Raises:
        Undelivered: it could not be sent; what was sent is remembered, so the next try goes on from there.
    """
    deadline = time.monotonic() + _LOCKED_S
    while True:
        try:
            with state_of(run_folder, store.place) as state:
                return _deliver(run_folder, store, state)
        except Exception as error:
            store.seen.clear()
            if "database is locked" not in str(error) or time.monotonic() > deadline:
                raise undelivered(error, store.place) from error
            time.sleep(0.5)


def _deliver(run_folder: Path, store: Store, state: State) -> Delivered:
    status = status_of(run_folder)
    over = status.get("status", RUNNING) != RUNNING
    if not _find_or_create(run_folder, store, state, started=_milliseconds(status.get("started"))):
        return Delivered(str(state.run_id), complete=True, changed=False)
    sending.send_parameters(run_folder, store, state)
    sending.send_tags(run_folder, store, state)
    sending.send_log(run_folder, store, state)
    if over:
        sending.send_data(run_folder, store, state)
        model_id = send_model(run_folder, store, state)
        sending.send_results(run_folder, store, state, model_id=model_id)
        sending.send_files(run_folder, store, state)
    # Last, so that a run that MLflow calls FINISHED is all there.
    _send_status(status, store, state)
    return Delivered(str(state.run_id), complete=over, changed=state.changed)


def _find_or_create(run_folder: Path, store: Store, state: State, *, started: int | None) -> bool:
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
        tag = run_folder.name
        found = store.client.search_runs([store.experiment_id], f"tags.`groklab.run` = '{tag}'", max_results=1)
        state.doubtful = bool(found)
        run = (
            found[0]
            if found
            else store.client.create_run(store.experiment_id, start_time=started, tags={"groklab.run": tag})
        )
        state.run_id = str(run.info.run_id)
        state.save()
    store.seen.add(state.run_id)
    return True


def _send_status(status: dict[str, Any], store: Store, state: State) -> None:
    said, ended = str(status.get("status", RUNNING)), status.get("ended")
    if not state.lacks("status", f"{said} {ended}"):
        return
    if said == RUNNING:
        store.client.update_run(str(state.run_id), status=RUNNING)
    else:
        store.client.set_terminated(str(state.run_id), said, _milliseconds(ended))
    state.remember("status", f"{said} {ended}")


def _milliseconds(when: str | None) -> int | None:
    return None if when is None else round(datetime.fromisoformat(when).timestamp() * 1000)
