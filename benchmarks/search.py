"""Searches: how busy the slots are, what a trial's start costs, what pruning saves, beside a fresh process a trial."""

import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = [sys.executable, str(ROOT / "pipelines" / "train.py")]
SLOTS = 2
SPACE = ("optimizer.lr=tag(log, interval(1e-4, 1e-1))", "architecture.depth=range(1,4)")
QUIET = ("tracking=none", f"hydra.launcher.slots={SLOTS}", "test=false")
SEARCH = ("hydra/sweeper=optuna", "hydra.sweeper.confirm=0")


def main() -> None:
    """Measure and print."""
    busy()
    ways()
    pruning()


def multirun(folder: Path, *words: str) -> float:
    """Seconds of a multirun in ``folder``."""
    started = time.perf_counter()
    subprocess.run([*PROGRAM, "-m", *words, *QUIET], cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """An empty working folder with the prepared data of this one."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "data").mkdir()
        (folder / "data" / "prepared").symlink_to(ROOT / "data" / "prepared")
        yield folder


def spans(folder: Path) -> list[tuple[float, float]]:
    """When each run began and ended, in seconds."""
    found = []
    for path in folder.glob("runs/*/status.json"):
        status = json.loads(path.read_text())
        found.append(tuple(datetime.fromisoformat(status[key]).timestamp() for key in ("started", "ended")))
    return sorted(found)


def busy() -> None:
    """40 jobs of 80 to 1040 epochs: a free slot is refilled at once, or when its whole batch is over."""
    random.seed(0)
    lengths = ",".join(map(str, random.sample(range(80, 1041, 24), 40)))
    grid = ("experiment=digits_mlp", f"trainer.max_epochs={lengths}")
    ways = {
        "search, refilled at once": (
            "experiment=digits_mlp",
            *SEARCH,
            "hydra/sweeper/sampler=random",
            "hydra.sweeper.n_trials=40",
            "trainer.max_epochs=range(80,1041)",
            SPACE[0],
        ),
        "grid in batches (hydra/sweeper=basic)": (
            *grid,
            "hydra/sweeper=basic",
            f"hydra.sweeper.max_batch_size={SLOTS}",
        ),
    }
    print(f"40 jobs of unequal length on {SLOTS} slots: share of the slots' time in runs, while a job waits (from the")
    print("first start to the last) and over all (to the last end, when a slot has nothing left to do):\n")
    print("| way | busy while a job waits, % | over all, % | seconds | between two runs of a slot, s |")
    print("|---|---|---|---|---|")
    for name, words in ways.items():
        with workplace() as folder:
            seconds = multirun(folder, *words)
            runs = spans(folder)
            first, last, end = runs[0][0], runs[-1][0], max(end for _, end in runs)
            while_waiting = sum(min(end, last) - start for start, end in runs)
            idle = (SLOTS * (last - first) - while_waiting) / (len(runs) - SLOTS)
            shares = while_waiting / (SLOTS * (last - first)), sum(b - a for a, b in runs) / (SLOTS * (end - first))
            told = " | ".join(f"{100 * share:.1f}" for share in shares)
            print(f"| {name} | {told} | {seconds:.0f} | {idle:.2f} |", flush=True)


def ways() -> None:
    """30 trials, learning rate and depth of the MNIST-5k CNN, by three ways of working."""
    few = ("experiment=mnist5k_cnn", "trainer.max_epochs=4")
    print("\n30 trials of learning rate and depth, MNIST-5k CNN, 4 epochs each:\n")
    print("| way | best val/loss | seconds | time against a fresh process a trial |\n|---|---|---|---|")
    measured = {}
    samplers = {"fresh process a trial, in batches, TPE": None, "groklab, TPE": "tpe", "groklab, random": "random"}
    for name, sampler in samplers.items():
        with workplace() as folder:
            if sampler is None:
                seconds = fresh_processes(folder, *few, n_trials=30)
            else:
                words = (*few, *SEARCH, *SPACE, f"hydra/sweeper/sampler={sampler}", "hydra.sweeper.n_trials=30")
                seconds = multirun(folder, *words)
            best = min(values(folder))
            measured[name] = seconds
            ratio = seconds / next(iter(measured.values()))
            print(f"| {name} | {best:.4f} | {seconds:.0f} | {ratio:.2f} |", flush=True)


def values(folder: Path) -> list[float]:
    """The monitored value of each run that is trained."""
    return [json.loads(path.read_text())["value"] for path in folder.glob("runs/*/best.json")]


def fresh_processes(folder: Path, *words: str, n_trials: int) -> float:
    """The way of hydra-optuna-sweeper: ask for a batch, start a process for each trial, wait for all, tell."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0))
    started = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for _ in range(n_trials // SLOTS):
        batch = []
        for _ in range(SLOTS):
            trial = study.ask()
            lr, depth = trial.suggest_float("lr", 1e-4, 1e-1, log=True), trial.suggest_int("depth", 1, 3)
            own = (f"optimizer.lr={lr}", f"architecture.blocks={depth}", "tracking=none", "test=false")
            process = subprocess.Popen(
                [*PROGRAM, *words, *own],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            batch.append((trial, process))
        for trial, process in batch:
            said, _ = process.communicate()
            run = said.split()[1]
            study.tell(trial, json.loads((folder / "runs" / run / "best.json").read_text())["value"])
    return time.perf_counter() - started


def pruning() -> None:
    """30 trials with and without the median pruner, the same proposals at first; beside the noise of seeds."""
    few = ("experiment=mnist5k_mlp", "trainer.max_epochs=20", *SEARCH, *SPACE, "hydra.sweeper.n_trials=30")
    print("\n30 trials of learning rate and depth, MNIST-5k MLP, 20 epochs each:\n")
    print("| pruner | epochs trained | saved, % | best val/loss | the best on 5 fresh seeds, mean and deviation |")
    print("|---|---|---|---|---|")
    whole = 0
    for pruner in ("none", "median", "hyperband"):
        with workplace() as folder:
            multirun(folder, *few, f"hydra/sweeper/pruner={pruner}")
            epochs = sum(len(path.read_text().splitlines()) for path in folder.glob("runs/*/log.jsonl"))
            whole = whole or epochs
            best = min(values(folder))
            multirun(folder, *few, f"hydra/sweeper/pruner={pruner}", "hydra.sweeper.confirm=5")
            (search,) = folder.glob("multirun/*/jobs.jsonl")
            rows = [json.loads(line) for line in search.read_text().splitlines()][-5:]
            fresh = [row["value"] for row in rows]
            noise = f"{statistics.fmean(fresh):.4f}, {statistics.stdev(fresh):.4f}"
            print(f"| {pruner} | {epochs} | {100 * (1 - epochs / whole):.0f} | {best:.4f} | {noise} |", flush=True)


if __name__ == "__main__":
    main()
