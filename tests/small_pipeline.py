"""The project's pipeline with a few experiments, in a folder of its own."""

import shutil
from pathlib import Path

import yaml

from tests.programs import ROOT

CARRIED = ("conf", "pipelines", "src", "dvc.yaml", ".dvc/config", ".dvc/.gitignore", ".dvcignore", ".gitignore")


def carry(folder: Path, experiments: tuple[str, ...], *, searches: tuple[str, ...] = (), also: tuple[str, ...] = ()):
    """Copy the project without its other experiments and searches; those in ``also`` are there, but in no stage."""
    for name in CARRIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(source, target)
    for file in (folder / "conf" / "experiment").rglob("*.yaml"):
        if file.stem not in (*experiments, *searches, *also):
            file.unlink()
    pipeline = yaml.safe_load((folder / "dvc.yaml").read_text())
    (variables,) = pipeline["vars"]
    variables["experiments"] = {name: variables["experiments"][name] for name in experiments}
    variables["searches"] = {name: variables["searches"][name] for name in searches}
    variables["datasets"] = sorted({row["data"] for row in variables["experiments"].values()})
    if not searches:
        for stage in ("search", "resolve_tuned"):
            del pipeline["stages"][stage]
        pipeline["stages"]["report"]["deps"].remove("searches")
    (folder / "dvc.yaml").write_text(yaml.safe_dump(pipeline, sort_keys=False))
