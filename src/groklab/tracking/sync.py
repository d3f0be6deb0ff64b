"""Deliver what is not in MLflow yet: ``make sync``."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from groklab.errors import UserError


@dataclass(frozen=True)
class Synced:
    """What a synchronization did.

    Attributes:
        delivered: Runs of which something was sent.
        up_to_date: Runs of which MLflow had everything.
    """

    delivered: int
    up_to_date: int

    def __str__(self) -> str:
        noun = "run" if self.delivered == 1 else "runs"
        return f"{self.delivered} {noun} delivered, {self.up_to_date} up to date"


def sync(*places: Path, root: Path | None = None) -> Synced:
    """Deliver every run and multirun under ``places`` that is not wholly in MLflow.

    Those whose process is gone though they say RUNNING are marked FAILED first.

    Args:
        places: Folders of run folders.
        root: Folder of ``mlflow.db`` where ``MLFLOW_TRACKING_URI`` is not set; default the working folder.

    Raises:
        UserError: the store cannot be reached, or a run could not be delivered; the others were.
    """
    from groklab.tracking.delivery import deliver
    from groklab.tracking.description import content_of
    from groklab.tracking.failures import Undelivered
    from groklab.tracking.liveness import reap, run_folders
    from groklab.tracking.place import tracking_place
    from groklab.tracking.store import Store, open_store

    root = root or Path.cwd()
    for place in places:
        reap(place)
    stores: dict[str, Store] = {}
    failures: dict[Path, Undelivered] = {}
    delivered = up_to_date = 0
    folders = [folder for place in places for folder in run_folders(place)]
    for folder in folders:
        name = str((content_of(folder, "config.yaml").get("tracking") or {}).get("experiment_name") or "groklab")
        try:
            if name not in stores:
                stores[name] = open_store(root, name)
            changed = deliver(folder, stores[name]).changed
        except Undelivered as failure:
            if failure.unreachable or not stores:
                waiting = len(folders) - delivered - up_to_date
                raise UserError(
                    f"MLflow at {tracking_place(root).shown} cannot be reached ({failure}); {waiting} "
                    f"{'run waits' if waiting == 1 else 'runs wait'} in {', '.join(map(str, places))}. Start it or set "
                    "MLFLOW_TRACKING_URI, then run `make sync` again"
                ) from failure
            failures[folder] = failure
            continue
        delivered, up_to_date = delivered + changed, up_to_date + (not changed)
    if failures:
        folder, reason = next(iter(failures.items()))
        raise UserError(
            f"{folder}: not delivered to MLflow ({reason}); {len(failures)} such, {delivered} delivered, "
            f"{up_to_date} up to date. Mend it and run `make sync` again"
        )
    return Synced(delivered, up_to_date)


def parse(argv: list[str]) -> tuple[Path, Path]:
    """The command line: the folders of multiruns and of runs."""
    parser = argparse.ArgumentParser(description="Deliver what is in multirun/ and runs/ and not in MLflow yet.")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of run folders (default: runs)")
    parser.add_argument(
        "--multiruns", type=Path, default=Path("multirun"), help="folder of multiruns (default: multirun)"
    )
    arguments = parser.parse_args(argv)
    return arguments.multiruns, arguments.runs
