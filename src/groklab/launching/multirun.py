"""A multirun: its folder in ``multirun/``, its jobs on their slots, and its end."""

import contextlib
import json
import logging
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import yaml
from omegaconf import DictConfig, OmegaConf, open_dict

from groklab.app import log_to_standard_error
from groklab.config.targets import find_class
from groklab.files import write_atomic, writing
from groklab.launching.batch import follow
from groklab.launching.composing import Composer
from groklab.launching.foreign import ForeignPool
from groklab.launching.job import Ended, Job, Report, Request
from groklab.launching.view import View
from groklab.outcome import Outcome
from groklab.run_folder import RunFolder
from groklab.tracking.mlflow import MLflow
from groklab.tracking.none import NoTracking
from groklab.tracking.secrets import mask
from groklab.training.interrupts import Interrupted

JOBS = "jobs.jsonl"
_log = logging.getLogger(__name__)


class Source(Protocol):
    """Where a multirun's jobs come from and their ends go."""

    @property
    def done(self) -> int:
        """Jobs that are over for good."""

    @property
    def best(self) -> str:
        """The best so far, in a few words; empty where there is none."""

    def ask(self) -> Request | None:
        """The next job; None if there is none now."""

    def told(self, request: Request, ended: Ended) -> str:
        """Take a job's end; what came of it, in a few words."""


class Slots(Protocol):
    """Where jobs run, a number of them at once."""

    @property
    def num_slots(self) -> int:
        """Jobs at once."""

    def submit(self, job: Job, report: Report | None = None) -> "Future[Ended]":
        """Run a job as soon as there is room; ``report`` answers its values on the way."""

    def flush(self) -> None:
        """No other job comes before one has ended."""

    def stop(self) -> None:
        """Have what runs saved and ended, and start nothing any more."""

    def close(self) -> None:
        """Wait for what runs."""


class Multirun:
    """Runs the jobs that it is asked for; one process at a time holds its folder.

    Args:
        folder: Its folder, held.
        composer: Composes its jobs.
        pool: Where they run.
        view: What is shown.
    """

    def __init__(self, folder: RunFolder, composer: Composer, pool: Slots, view: View) -> None:
        self.folder, self.composer, self.pool, self.view = folder, composer, pool, view
        self._asked_to_stop: list[int] = []

    def run(self, source: Source, *, limit: int | Callable[[], int] | None = None) -> None:
        """Keep every slot busy until there is nothing to ask for and nothing runs.

        Args:
            source: Of the jobs.
            limit: Jobs at once, or what says so at any time; default: one a slot.

        Raises:
            Interrupted: Ctrl-C or SIGTERM; what ran was finished, or at the second time saved and stopped.
        """
        running: dict[Future[Ended], Request] = {}
        with self._signals():
            while True:
                room = self.pool.num_slots  # of a cluster they come and go
                most = min((limit() if callable(limit) else limit) or room, room)
                while not self._asked_to_stop and len(running) < most and (request := source.ask()):
                    job = self.composer.job(request)
                    running[self.pool.submit(job, request.report)] = request
                self.pool.flush()
                if not running:
                    break
                finished, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in finished:
                    request = running.pop(future)
                    self._end(request, future.result(), source)
        if self._asked_to_stop:
            raise Interrupted(self._asked_to_stop[0])

    def _end(self, request: Request, ended: Ended, source: Source) -> None:
        self.note(
            job=ended.number,
            overrides=list(request.overrides),
            status=ended.status,
            runs=ended.runs,
            error=ended.error,
            value=float(ended.value) if isinstance(ended.value, Outcome | float | int) else None,
        )
        text = source.told(request, ended)
        self.view.done, self.view.best = source.done, source.best
        if isinstance(ended.value, Outcome):
            print(ended.value, flush=True)  # noqa: T201 - each run has its line on standard output
        self.view.ended(ended, text)

    def note(self, **row: Any) -> None:
        """Append a row to ``jobs.jsonl``."""
        line = json.dumps(row) + "\n"
        with writing(self.folder.path, num_bytes=len(line)), open(self.folder.path / JOBS, "a") as file:
            file.write(line)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """The first Ctrl-C or SIGTERM lets what runs finish, the second has it saved and stopped."""

        def handle(signum: int, frame: FrameType | None) -> None:
            self._asked_to_stop.append(signum)
            if len(self._asked_to_stop) == 1:
                _log.warning("stopping once what runs is finished; once more stops it now, and both can be taken up")
            else:
                threading.Thread(target=self.pool.stop).start()  # it waits for a lock that this thread may hold

        before = {signum: signal.signal(signum, handle) for signum in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


@contextlib.contextmanager
def opened(launcher: Any, config: DictConfig, *, name: str, about: Mapping[str, Any], view: View) -> Iterator[Multirun]:
    """The multirun ``name`` of a program, held by this process and followed by tracking until the block ends.

    Args:
        launcher: Gives the slots.
        config: Hydra's config of the multirun; its ``hydra.sweep.dir`` is the folder.
        name: Of the folder.
        about: What is asked for, kept as ``config.yaml``; ``multirun`` says what kind of multirun it is.
        view: What is shown.
    """
    log_to_standard_error()
    with RunFolder(Path(str(config.hydra.sweep.dir)).parent, name, within=()) as folder:
        folder.start(experiment=str(config.name), command=mask(shlex.join(["python", *sys.argv])))
        asked = {**about, "tracking": OmegaConf.to_container(config.tracking, resolve=True)}
        write_atomic(folder.path / "config.yaml", yaml.safe_dump(asked, sort_keys=False))
        _tracking(config).start(folder.path)
        composer = Composer(launcher.hydra_context.config_loader, config, sweep=name)
        pool: Slots = (
            launcher.pool(follow=follow, started=view.started)
            if hasattr(launcher, "pool")
            else ForeignPool(launcher, started=view.started)
        )
        try:
            with view:
                yield Multirun(folder, composer, pool, view)
        except Interrupted as error:
            folder.end("KILLED", error=str(error))
            raise
        except BaseException as error:
            folder.end("FAILED", error=str(error))
            raise
        else:
            folder.end("FINISHED")
        finally:
            pool.stop()
            pool.close()


def place_in(config: DictConfig, name: str) -> None:
    """Give the multirun its folder: the same command finds it again; ``hydra.sweep.dir=...`` names the parent."""
    told = any(word.startswith("hydra.sweep.dir=") for word in config.hydra.overrides.hydra)
    with open_dict(config):
        config.hydra.sweep.dir = str(Path(str(config.hydra.sweep.dir)) / name) if told else f"multirun/{name}"


def command_of_multirun(config: DictConfig) -> str:
    """The shell command that gives the multirun again."""
    words = [word for word in config.hydra.overrides.task if word.partition("=")[0] not in ("publish", "preview")]
    more = [word for word in config.hydra.overrides.hydra if not word.startswith(("hydra.mode", "hydra.sweep.dir"))]
    return shlex.join(["python", "pipelines/train.py", "-m", *words, *more])


def _tracking(config: DictConfig) -> Any:
    """The tracking that the config names; made here because the assembly imports every part there is."""
    arguments: Any = OmegaConf.to_container(config.tracking, resolve=True)
    return find_class(arguments.pop("_target_"), (MLflow, NoTracking), where="tracking")(**arguments)
