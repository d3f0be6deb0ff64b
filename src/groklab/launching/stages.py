"""DVC stages side by side."""

import contextlib
import fcntl
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from groklab.errors import UserError

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait for another process that reproduces the pipeline of the working folder.

    DVC itself refuses a stage whose files another process uses. The lock goes with the process, however it ends.
    """
    from dvc.repo import Repo

    with Repo() as repo:
        folder = Path(repo.tmp_dir)
        place = Path.cwd().relative_to(repo.root_dir).parts
    folder.mkdir(exist_ok=True)
    with open(folder / ".".join(("repro", *place, "lock")), "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _log.warning("dvc.yaml: another process reproduces this pipeline; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stage_graph() -> dict[str, set[str]]:
    """Stage -> the stages it needs, of the ``dvc.yaml`` in the working folder; the repository may hold others."""
    from dvc.repo import Repo

    here = Path.cwd()
    with Repo() as repo:
        graph = repo.index.graph
        own = [stage for stage in graph.nodes if Path(stage.path).parent == here]
        return {stage.addressing: {need.addressing for need in graph.successors(stage)} for stage in own}


def reproduce(graph: Mapping[str, set[str]], *, jobs: int) -> None:
    """Run ``dvc repro`` on every stage, at most ``jobs`` at once and each after those it needs.

    A stage that fails keeps those that need it from starting; the others are finished.

    Args:
        graph: Stage -> the stages it needs.
        jobs: Stages at once.

    Raises:
        UserError: At least one stage failed.
    """
    waiting = dict(graph)
    done: set[str] = set()
    failed: set[str] = set()
    running: dict[Future[int], str] = {}
    with ThreadPoolExecutor(jobs) as pool:
        while True:
            ready = [stage for stage, needs in waiting.items() if needs <= done]
            for stage in ready[: jobs - len(running)]:
                del waiting[stage]
                running[pool.submit(_reproduce_one, stage)] = stage
            if not running:
                break
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                stage = running.pop(future)
                (failed if future.result() else done).add(stage)
    if failed:
        skipped = f"; not started: {', '.join(sorted(waiting))}" if waiting else ""
        raise UserError(f"dvc.yaml: stage {', '.join(sorted(failed))} failed (its error is above){skipped}")


def _reproduce_one(stage: str) -> int:
    _log.info("stage %s", stage)
    command = [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", stage]
    ours = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # whose python stages call
    return subprocess.run(command, check=False, env={**os.environ, "PATH": ours}).returncode
