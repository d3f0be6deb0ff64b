"""The training process's side of tracking: it names run folders to a child process and goes on."""

import atexit
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from groklab.tracking.place import tracking_place

_log = logging.getLogger(__name__)
_couriers: dict[tuple[int, str], "Courier"] = {}


class Courier:
    """A child process that mirrors run folders into MLflow.

    Training never waits for it and MLflow is never imported beside training: the two share a pipe of folder
    names and the folders. Nothing here raises; what could not be delivered is said in one warning when it is
    closed, and ``make sync`` delivers it.
    """

    def __init__(self, process: "subprocess.Popen[bytes] | None", *, shown: str) -> None:
        self._process = process
        self._shown = shown
        self._warned = False

    @classmethod
    def start(cls, *, experiment_name: str, root: Path | None = None) -> "Courier":
        """Spawn the child.

        Args:
            experiment_name: MLflow experiment that lists the runs.
            root: Folder of ``mlflow.db`` where ``MLFLOW_TRACKING_URI`` is not set; default: the working
                folder.
        """
        root = (root or Path.cwd()).resolve()
        command = [sys.executable, "-m", "groklab.tracking.deliver"]
        command += ["--root", str(root), "--experiment-name", experiment_name]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                # A session of its own: Ctrl-C in the terminal is for the training alone.
                start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        except OSError as error:
            courier = cls(None, shown=tracking_place(root).shown)
            courier._warn(str(error.strerror or error))
            return courier
        assert process.stdin is not None
        os.set_blocking(process.stdin.fileno(), False)
        return cls(process, shown=tracking_place(root).shown)

    @property
    def pid(self) -> int | None:
        """The child's process id; None where it could not be started."""
        return None if self._process is None else self._process.pid

    def follow(self, run_folder: Path) -> None:
        """Have a run's folder mirrored from now until the run is over; returns at once."""
        if self._process is None or self._process.stdin is None:
            return
        try:
            os.write(self._process.stdin.fileno(), f"{run_folder.resolve()}\n".encode())
        except OSError:
            # The child is gone, or so stuck that the pipe is full.
            self._warn("its courier process does not answer")

    def close(self, timeout_s: float) -> bool:
        """Wait for what is still to be delivered, at most ``timeout_s`` seconds; whether all of it was."""
        process, self._process = self._process, None
        if process is None:
            return not self._warned
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None  # communicate would flush it
        try:
            said, _ = process.communicate(timeout=timeout_s)
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as error:
            process.kill()
            process.communicate()
            slow = isinstance(error, subprocess.TimeoutExpired)
            self._warn(f"not done after {timeout_s:g} s" if slow else "interrupted")
            return False
        report = _parse(said)
        if report.get("undelivered", True):
            reason = report.get("reason") or f"its courier process ended with status {process.returncode}"
            self._warn(str(reason))
        return not self._warned

    def _warn(self, reason: str) -> None:
        if not self._warned:
            _log.warning(
                "MLflow at %s cannot be reached (%s); training goes on, nothing is lost: `make sync` delivers it",
                self._shown,
                reason,
            )
        self._warned = True


def _parse(said: bytes) -> dict[str, Any]:
    try:
        report = json.loads(said)
    except ValueError:
        return {}
    return report if isinstance(report, dict) else {}


def courier(experiment_name: str, *, close_timeout_s: float = 30.0) -> Courier:
    """This process's courier, started at the first call; serves all its runs and is closed as it ends."""
    key = (os.getpid(), experiment_name)
    if key not in _couriers:
        _couriers[key] = Courier.start(experiment_name=experiment_name)
        atexit.register(_close, key, close_timeout_s)
    return _couriers[key]


def _close(key: tuple[int, str], timeout_s: float) -> None:
    # A forked process inherits the registration, but not the child.
    if key[0] == os.getpid() and key in _couriers:
        _couriers.pop(key).close(timeout_s)
