"""Seconds until something happens: --help, the first training step, a dvc repro with nothing to do."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import interleave, show

ROUNDS = 5
ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, str(ROOT / "pipelines" / "train.py")]
IMPORT_HYDRA = [sys.executable, "-c", "import hydra, omegaconf"]
IMPORT_LIGHTNING = [sys.executable, "-c", "import hydra, pytorch_lightning"]


def main() -> None:
    """Measure and print."""
    print("Help, beside the bare import of Hydra:\n")
    ways = {"import hydra": lambda: run(IMPORT_HYDRA), "train.py --help": lambda: run([*PROGRAM, "--help"])}
    show(interleave(ways, rounds=ROUNDS), unit="seconds", scale=1, reference="import hydra")
    print("\nThe first epoch's line in the log (36 steps at most), beside the bare import of Lightning:\n")
    ways = {"import pytorch_lightning": lambda: run(IMPORT_LIGHTNING), "train.py to its first line": first_line}
    show(interleave(ways, rounds=ROUNDS), unit="seconds", scale=1, reference="import pytorch_lightning")
    if (ROOT / "dvc.lock").exists():
        print("\nA dvc repro with nothing to do, beside dvc's own version:\n")
        dvc = [sys.executable, "-m", "dvc"]
        ways = {"dvc version": lambda: run([*dvc, "version"]), "dvc repro": lambda: run([*dvc, "repro"])}
        show(interleave(ways, rounds=ROUNDS), unit="seconds", scale=1, reference="dvc version")


def run(command: list[str]) -> float:
    """Seconds of a command."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def first_line() -> float:
    """Seconds from the command to the first line of ``log.jsonl``, the data being prepared."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "prepared").symlink_to(ROOT / "data" / "prepared")
        overrides = ["experiment=digits_mlp", "trainer.max_epochs=1", "tracking=none"]
        started = time.perf_counter()
        with subprocess.Popen(
            [*PROGRAM, *overrides], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as p:
            while not any(log.stat().st_size for log in Path(folder).glob("runs/*/log.jsonl")):
                if p.poll() not in (None, 0):
                    raise RuntimeError(p.stderr.read().decode() if p.stderr else "the run failed")
                time.sleep(0.01)
            seconds = time.perf_counter() - started
            p.wait()
    return seconds


os.environ.setdefault("OMP_NUM_THREADS", "1")
