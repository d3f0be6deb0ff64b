"""Where runs are delivered to: a server, or a database of this folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from groklab.tracking.secrets import mask

_SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Place:
    """An MLflow store.

    Attributes:
        uri: Tracking URI as MLflow takes it; may hold a password, so it is never shown.
        database: The file of a sqlite store, else None.
    """

    uri: str
    database: Path | None

    @property
    def shown(self) -> str:
        """The URI without user and password."""
        return mask(self.uri)

    @property
    def artifacts(self) -> Path | None:
        """Folder of the files of a sqlite store."""
        return None if self.database is None else self.database.parent / "mlartifacts"

    @property
    def is_server(self) -> bool:
        """Whether the store answers over HTTP."""
        return self.uri.startswith(("http://", "https://"))


def tracking_place(root: Path) -> Place:
    """``MLFLOW_TRACKING_URI`` where it is set, else ``mlflow.db`` in ``root``."""
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"{_SQLITE}{root.resolve() / 'mlflow.db'}"
    if not uri.startswith(_SQLITE):
        return Place(uri, None)
    database = Path(uri.removeprefix(_SQLITE).split("?")[0]).resolve()
    return Place(uri, database)
