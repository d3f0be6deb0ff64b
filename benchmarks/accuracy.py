"""Test scores of every experiment over three seeds, beside its baselines on the same split."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from groklab.report.headlines import BOUNDS, HEADLINES, headline_of

ROOT = Path(__file__).resolve().parent.parent
SEEDS = (0, 1, 2)


def main() -> None:
    """Train each experiment once a seed and print a table."""
    print("| experiment | metric | seeds 0, 1, 2 | mean | best baseline |\n|---|---|---|---|---|")
    for path in sorted((ROOT / "conf" / "experiment").glob("*.yaml")):
        files = [scores(path.stem, seed) for seed in SEEDS]
        metric = usual_metric(path, files[0]["metrics"])
        values = [file["metrics"][metric] for file in files]
        baselines = {name: found[metric] for name, found in files[0]["baselines"].items() if name not in BOUNDS}
        best = (max if HEADLINES[metric].higher_is_better else min)(baselines, key=baselines.__getitem__)
        each = ", ".join(f"{value:.3f}" for value in values)
        mean = statistics.mean(values)
        print(f"| {path.stem} | {metric} | {each} | {mean:.3f} | {best} {baselines[best]:.3f} |", flush=True)


def usual_metric(experiment: Path, metrics: dict) -> str:
    """The report's; of molecules the error in the units in which their field compares it."""
    metric = "rmse" if "/task: molecular_property" in experiment.read_text() else headline_of(metrics)
    assert metric is not None, f"{experiment.stem}: nothing to compare by among {', '.join(metrics)}"
    return metric


def scores(experiment: str, seed: int) -> dict:
    """The metrics file of one run; the classifier that it is scored by, if any, is trained before it, of seed 0."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").mkdir()
        (Path(folder) / "data" / "prepared").symlink_to(ROOT / "data" / "prepared")
        file = yaml.safe_load((ROOT / "conf" / "experiment" / f"{experiment}.yaml").read_text())
        classifier = file.get("evaluation", {}).get("classifier")
        if classifier:
            train(folder, f"experiment={classifier}", "publish=true")
        done = train(folder, f"experiment={experiment}", f"seed={seed}")
        return json.loads((Path(folder) / done.split()[-1]).read_text())


def train(folder: str, *overrides: str) -> str:
    """What a run says."""
    command = [sys.executable, str(ROOT / "pipelines" / "train.py"), *overrides, "tracking=none"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
