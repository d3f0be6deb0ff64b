"""Running the programs as a user does, from a working folder of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.forked import Forked

ROOT = Path(__file__).resolve().parent.parent
TORTURE = os.environ.get("GROKLAB_TORTURE") == "1"


def train(folder, *overrides, name="train", env=None, **more):
    """Start pipelines/<name>.py in ``folder``; forked, but for what only ``subprocess.Popen`` can do."""
    command = [program(name), *overrides]
    if not more:
        return Forked(command, folder, env)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *command], cwd=folder, env=env, **{**pipes, **more})


def program(name):
    return str(ROOT / "pipelines" / f"{name}.py")


def finish(process, timeout=180):
    """Exit status, standard output and standard error."""
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def result(folder, *overrides):
    """The run's folder after a run that must succeed."""
    status, out, err = finish(train(folder, *overrides))
    assert status == 0, err
    return Path(folder) / Path(out.split()[-1]).parent


def run_folder(folder):
    """The only run in a working folder."""
    (found,) = (path.parent for path in Path(folder).glob("runs/*/status.json"))
    return found


def status(run):
    return json.loads((run / "status.json").read_text())


def log(run):
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["epoch"], line["metrics"]) for line in lines]


def wait_until(condition, process, timeout=60):
    """Wait for ``condition``; fail if the process ends before."""
    end = time.monotonic() + timeout
    while not condition():
        assert process.poll() is None, "the process ended too early"
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.005)


def epochs(folder):
    """Lines in the only run's log so far."""
    logs = list(Path(folder).glob("runs/*/log.jsonl"))
    return logs[0].read_bytes().count(b"\n") if logs else 0


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    finish(process)
