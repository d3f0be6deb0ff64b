"""The processes of a fit on several devices."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
import torch.distributed as dist

from groklab.errors import UserError
from groklab.training.interrupts import Interrupts

_WORK, _MEETING, _ERROR = "work.pickle", "meeting", "error"
_LAST_WORDS_S = 10.0


@dataclass(frozen=True)
class Group:
    """A process among those of a fit.

    Args:
        rank: Which, from 0.
        size: How many there are.
    """

    rank: int
    size: int


@contextlib.contextmanager
def ranks(scratch: Path, work: tuple[Any, ...], checkpoints: Path, *, number: int, gpus: bool) -> Iterator[Group]:
    """Start ``number - 1`` processes and be the first of the group; they end with the block.

    Args:
        scratch: An empty folder.
        work: The fit and what it is given; it travels as it is.
        checkpoints: Where each process goes on from, a copy of its own.
        number: Of processes.
        gpus: Whether they have one each.

    Raises:
        UserError: One of the others refuses its part.
    """
    (scratch / _WORK).write_bytes(cloudpickle.dumps((work, number, gpus)))
    command = [sys.executable, "-m", "groklab.training.ranks", str(scratch)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    others = []
    for rank in range(1, number):
        folder = scratch / str(rank)
        folder.mkdir()
        if checkpoints.exists():
            shutil.copytree(checkpoints, folder / "checkpoints")
        others.append(subprocess.Popen([*command, str(rank)], env=environment, stdout=subprocess.DEVNULL))
    try:
        with _joined(scratch, Group(0, number), gpus=gpus) as group:
            yield group
    except RuntimeError as error:  # what the backend says when one of the others is gone
        raise _last_words(scratch, others) or error from error
    finally:
        for process in others:
            process.kill()
            process.wait()


def _last_words(scratch: Path, others: list["subprocess.Popen[bytes]"]) -> UserError | None:
    """What one of the others died of, if a user can mend it."""
    for rank, process in enumerate(others, start=1):
        with contextlib.suppress(subprocess.TimeoutExpired, FileNotFoundError):
            process.wait(_LAST_WORDS_S)
            return UserError((scratch / str(rank) / _ERROR).read_text())
    return None


@contextlib.contextmanager
def _joined(scratch: Path, group: Group, *, gpus: bool) -> Iterator[Group]:
    meeting = f"file://{(scratch / _MEETING).resolve()}"
    backend = "nccl" if gpus else "gloo"
    dist.init_process_group(backend, init_method=meeting, rank=group.rank, world_size=group.size)
    try:
        yield group
    finally:
        dist.destroy_process_group()


class _Deaf(Interrupts):
    """Takes no signals."""

    def install(self) -> None:
        """Leave them as they are."""


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _main(scratch: Path, rank: int) -> None:
    """Be one of the others."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(signum, signal.SIG_IGN)  # they are for the first process, which ends this one
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    (fit, task, train, val, procedures), number, gpus = cloudpickle.loads((scratch / _WORK).read_bytes())
    folder = scratch / str(rank)
    try:
        with _joined(scratch, Group(rank, number), gpus=gpus) as group:
            fit.fit_part(group, task, train, val, folder=folder, procedures=procedures, interrupts=_Deaf())
            dist.barrier()
    except UserError as error:
        (folder / _ERROR).write_text(str(error))
        sys.exit(1)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
