"""Test scores of every experiment over three seeds, beside its baselines on the same split."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEEDS = (0, 1, 2)


def main() -> None:
    """Train each experiment once a seed and print a table."""
    print("| experiment | metric | seeds 0, 1, 2 | mean | best baseline |\n|---|---|---|---|---|")
    for path in sorted((ROOT / "conf" / "experiment").glob("*.yaml")):
        files = [scores(path.stem, seed) for seed in SEEDS]
        metric = "accuracy" if "accuracy" in files[0]["metrics"] else "r2"
        values = [file["metrics"][metric] for file in files]
        baselines = {name: found[metric] for name, found in files[0]["baselines"].items()}
        best = max(baselines, key=baselines.__getitem__)
        each = ", ".join(f"{value:.3f}" for value in values)
        print(f"| {path.stem} | {metric} | {each} | {statistics.mean(values):.3f} | {best} {baselines[best]:.3f} |")


def scores(experiment: str, seed: int) -> dict:
    """The metrics file of one run."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "prepared").symlink_to(ROOT / "data" / "prepared")
        program = [sys.executable, str(ROOT / "pipelines" / "train.py")]
        command = [*program, f"experiment={experiment}", f"seed={seed}", "tracking=none"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return json.loads((Path(folder) / done.stdout.split()[-1]).read_text())
