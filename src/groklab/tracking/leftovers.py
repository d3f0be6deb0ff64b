"""Runs that an earlier courier could not deliver."""

from pathlib import Path

from groklab.tracking.liveness import RUNNING, reap, run_folders, status_of
from groklab.tracking.place import Place
from groklab.tracking.state import LOCK, sent_to


def claim(run_folder: Path) -> None:
    """Mark a run as one to be delivered, so that a later courier finds it if this one cannot."""
    if run_folder.is_dir():
        (run_folder / LOCK).touch()


def leftovers(runs_root: Path, place: Place) -> list[Path]:
    """Claimed runs that are over, of which ``place`` does not have the end.

    Those of killed processes become FAILED first. Runs that were never tracked are left alone.
    """
    reap(runs_root)
    return [folder for folder in run_folders(runs_root) if (folder / LOCK).exists() and _lacks_end(folder, place)]


def _lacks_end(run_folder: Path, place: Place) -> bool:
    status = status_of(run_folder)
    end = f"{status.get('status')} {status.get('ended')}"
    return status.get("status", RUNNING) != RUNNING and sent_to(place, run_folder).get("status") != end
