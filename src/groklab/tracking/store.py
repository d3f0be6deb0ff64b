"""The one way to open an MLflow store, safe for many processes at once."""

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from groklab.tracking.failures import Undelivered, undelivered
from groklab.tracking.place import Place, tracking_place

if TYPE_CHECKING:
    from mlflow import MlflowClient

# MLflow's own defaults, 7 tries of 120 s, hold a delivery for ten minutes; it is tried again anyway.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "6", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
# The URL that MLflow prints for each run it ends would show the password in it.
_SILENCE = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
_LOCK_TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Store:
    """An open MLflow store and the experiment that runs are delivered to.

    Attributes:
        place: Where it is.
        client: MLflow's client of it.
        experiment_id: Resolved once, so that no later call depends on a global "current experiment".
        seen: MLflow run ids known to exist, so that each is asked for once.
        parents: MLflow run ids of multiruns, by name, likewise.
    """

    place: Place
    client: "MlflowClient"
    experiment_id: str
    seen: set[str] = field(default_factory=set)
    parents: dict[str, str] = field(default_factory=dict)


def quiet_environment() -> None:
    """Short HTTP time-outs, no telemetry and no chatter, unless the user set them otherwise.

    Must come before the first import of mlflow.
    """
    for name, value in {**_PATIENCE, **_SILENCE}.items():
        os.environ.setdefault(name, value)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def open_store(root: Path, experiment_name: str) -> Store:
    """Open the store of ``root``; its schema and its experiment are made where they are missing.

    Several processes that open a fresh sqlite file together corrupt it, and ``set_experiment`` twice at once
    logs to experiment 0; so both happen once, under a lock beside the database.

    Raises:
        Undelivered: the store cannot be reached or opened.
    """
    place = tracking_place(root)
    try:
        with _alone(place):
            quiet_environment()
            from mlflow import MlflowClient

            client = MlflowClient(tracking_uri=place.uri, registry_uri=place.uri)
            return Store(place, client, _experiment(client, place, experiment_name))
    except Exception as error:
        raise undelivered(error, place) from error


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[None]:
    if place.database is None:
        yield
        return
    place.database.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{place.database}.lock", timeout=_LOCK_TIMEOUT_S):
        yield


def _experiment(client: "MlflowClient", place: Place, name: str) -> str:
    if found := client.get_experiment_by_name(name):
        if found.lifecycle_stage != "active":
            raise Undelivered(
                f"the MLflow experiment {name!r} was deleted; restore it or set tracking.experiment_name",
                unreachable=False,
            )
        return str(found.experiment_id)
    location = None
    if place.artifacts is not None:
        location = (place.artifacts / re.sub(r"[^\w.-]+", "_", name)).as_uri()
    try:
        return str(client.create_experiment(name, artifact_location=location))
    except Exception:
        # On a server there is no lock: another process may have made it a moment ago.
        if again := client.get_experiment_by_name(name):
            return str(again.experiment_id)
        raise
