"""A run's folder, or a multirun's, mirrored into MLflow; may be broken off and repeated at any point."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groklab.tracking import sending
from groklab.tracking.counterpart import find_or_create, milliseconds
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
            store.parents.clear()
            if "database is locked" not in str(error) or time.monotonic() > deadline:
                raise undelivered(error, store.place) from error
            time.sleep(0.5)


def _deliver(run_folder: Path, store: Store, state: State) -> Delivered:
    status = status_of(run_folder)
    over = status.get("status", RUNNING) != RUNNING
    if not find_or_create(run_folder, store, state):
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


def _send_status(status: dict[str, Any], store: Store, state: State) -> None:
    said, ended = str(status.get("status", RUNNING)), status.get("ended")
    if not state.lacks("status", f"{said} {ended}"):
        return
    if said == RUNNING:
        store.client.update_run(str(state.run_id), status=RUNNING)
    else:
        store.client.set_terminated(str(state.run_id), said, milliseconds(ended))
    state.remember("status", f"{said} {ended}")
