"""The project's pipeline with a few experiments, in a folder of its own."""

import shutil
from pathlib import Path

import yaml

from tests.programs import ROOT

CARRIED = ("conf", "pipelines", "src", "dvc.yaml", ".dvc/config", ".dvc/.gitignore", ".dvcignore", ".gitignore")


def carry(
    folder: Path,
    experiments: tuple[str, ...],
    *,
    searches: tuple[str, ...] = (),
    claims: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
):
    """Copy the project without its other experiments, searches and claims, and without its atlases.

    Experiments in ``also`` are there, but in no stage.
    """
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
    for file in (*(folder / "conf" / "claim").glob("*.yaml"), *(folder / "conf" / "atlas").glob("*.yaml")):
        if file.parent.name == "atlas" or file.stem not in claims:
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
    variables["claims"] = {name: variables["claims"][name] for name in claims}
    for stage in ("atlas",) if claims else ("atlas", "claim", "verdicts"):
        del pipeline["stages"][stage]
    for part in ("atlases",) if claims else ("atlases", "claims"):
        pipeline["stages"]["report"]["deps"].remove(part)
    (folder / "dvc.yaml").write_text(yaml.safe_dump(pipeline, sort_keys=False))
