"""Where a study is kept: a journal of one writer, or any storage of Optuna's."""

import contextlib
import fcntl
import os
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TypeVar

import optuna
from filelock import FileLock
from optuna.pruners import BasePruner
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import BaseJournalFileLock
from optuna.study import Study, StudyDirection

from groklab.errors import UserError
from groklab.tracking.secrets import mask

JOURNAL = "study.log"
PATIENCE_S = 60.0
_TO_OPEN_S = 5.0  # a server that is not there at the start is more likely a mistake than a restart
T = TypeVar("T")
optuna.logging.set_verbosity(optuna.logging.WARNING)  # the multirun says itself how its trials end


class KernelLock(BaseJournalFileLock):
    """A lock that goes with the process that holds it, however it ends.

    Optuna's own lock is a file: a process that is killed holding it keeps the others waiting for half a minute.
    """

    def __init__(self, journal: Path) -> None:
        self._path = journal.with_name(f".{journal.name}.lock")
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Wait for it."""
        self._file = open(self._path, "a")  # noqa: SIM115 - it is held until release
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        """Let the next one have it."""
        if self._file:
            self._file.close()


def open_storage(url: str | None, folder: Path) -> BaseStorage:
    """The storage ``url``, or the journal in ``folder``.

    Raises:
        UserError: It cannot be opened.
    """
    if url is None:
        journal = folder / JOURNAL
        lock = KernelLock(journal)
        lock.acquire()
        try:
            _mend(journal)
        finally:
            lock.release()
        return JournalStorage(JournalFileBackend(str(journal), lock_obj=KernelLock(journal)))
    try:
        with _alone(url):
            seconds = PATIENCE_S if url.startswith("sqlite") else _TO_OPEN_S
            return patiently(lambda: optuna.storages.get_storage(_with_pings(url)), seconds=seconds)
    except Exception as error:
        reason = mask(" ".join(str(error).split()))[:200]
        raise UserError(
            f"hydra.sweeper.storage={mask(url)}: cannot be opened ({reason}); start the database or mend the URL"
        ) from error


def open_study(storage: BaseStorage, name: str, directions: Sequence[str], pruner: BasePruner) -> Study:
    """The study ``name``, made if there is none.

    Raises:
        UserError: There is one that goes in other directions.
    """
    study = patiently(
        lambda: optuna.create_study(
            storage=storage,
            study_name=name,
            directions=[StudyDirection[item.upper()] for item in directions],
            pruner=pruner,
            load_if_exists=True,
        )
    )
    found = [item.name.lower() for item in study.directions]
    if found != list(directions):
        raise UserError(
            f"hydra.sweeper.direction: study {name} goes to {', '.join(found)}, not {', '.join(directions)}; "
            "give another hydra.sweeper.study_name"
        )
    return study


def name_values(study: Study, objectives: Sequence[str]) -> None:
    """Tell those who look at the storage, such as optuna-dashboard, what the values are."""
    if study.metric_names != list(objectives):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            patiently(lambda: study.set_metric_names(list(objectives)))


def patiently(ask: Callable[[], T], *, seconds: float = PATIENCE_S) -> T:
    """``ask()``, again and again for a minute while a database is locked, restarts or is being made."""
    from sqlalchemy.exc import SQLAlchemyError

    deadline = time.monotonic() + seconds
    pause = 0.1
    while True:
        try:
            return ask()
        except (SQLAlchemyError, optuna.exceptions.StorageInternalError):
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(2 * pause, 2.0)


def _mend(journal: Path) -> None:
    """Cut off a last line that a killed writer tore: Optuna would refuse all that came after it."""
    if not journal.exists():
        return
    content = journal.read_bytes()
    if content and not content.endswith(b"\n"):
        os.truncate(journal, content.rfind(b"\n") + 1)


def _alone(url: str) -> contextlib.AbstractContextManager[object]:
    """Several processes that make the tables of a fresh sqlite file together break them."""
    if not url.startswith("sqlite:///"):
        return contextlib.nullcontext()
    path = Path(url.removeprefix("sqlite:///").split("?")[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{path}.lock", timeout=PATIENCE_S)


def _with_pings(url: str) -> str | RDBStorage:
    """A server's connections are tried before they are used, so that its restart is survived.

    PostgreSQL's driver is psycopg (version 3), unless the URL names another.
    """
    if url.startswith(("redis", "sqlite")):
        return url
    scheme, _, place = url.partition("://")
    scheme = "postgresql+psycopg" if scheme in ("postgres", "postgresql") else scheme
    return RDBStorage(f"{scheme}://{place}", engine_kwargs={"pool_pre_ping": True})
