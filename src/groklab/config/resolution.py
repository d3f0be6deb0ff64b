"""Every experiment as one resolved file: what DVC can watch key by key."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from omegaconf import OmegaConf

from groklab.config.check import check
from groklab.config.completion import complete
from groklab.config.composition import compose_config, compose_hydra
from groklab.errors import UserError
from groklab.files import write_atomic

_HEADER = "# Written by pipelines/resolve.py from conf/: change it there.\n"
_SEARCH = "search"
_DECIDED = ("claim", "atlas")


def resolve_all(conf: Path, output: Path, folder: str = "") -> int:
    """Compose and check each experiment, and the data that experiments use, into ``output``; returns how many.

    A file whose content is the same is left alone, one whose experiment is gone is removed. Hydra's own settings go
    along unresolved, so that ``-cp ../resolved -cn NAME`` starts the same program in the same way. Searches (the
    experiments in ``search/``), claims and atlases go to folders of those names with their sweeper, for DVC to watch:
    what they vary may be choices, which only ``conf`` has.

    Args:
        conf: Folder of the configs.
        output: Folder that is written.
        folder: Which experiments: those in ``conf/experiment/<folder>``, without its own folders.

    Raises:
        UserError: There is no experiment, or a config is wrong; what was resolved before is left as it was.
    """
    root = yaml.safe_load((conf / "config.yaml").read_text())
    multirun = yaml.safe_load((conf / "multirun.yaml").read_text())
    programs = [*multirun["defaults"], *(entry for entry in root["defaults"] if "override hydra/" in str(entry))]
    hydra = {key: value for key, value in root["hydra"].items() if key != "searchpath"}
    frame = {"defaults": [*programs, "_self_"], "hydra": hydra}
    texts: dict[Path, str] = {}
    place = conf / "experiment" / folder
    names = sorted(path.stem for path in place.glob("*.yaml"))
    if not names:
        raise UserError(f"{place}: there is no experiment in this folder")
    for name in names:
        config, choices = _resolved(conf, [f"experiment={PurePosixPath(folder, name)}"])
        texts[Path(f"{name}.yaml")] = _text(config, frame)
        data = Path("data") / f"{choices['data']}.yaml"
        if data not in texts:
            texts[data] = _text(_resolved(conf, [f"data={choices['data']}"])[0], frame)
    swept = [
        (path, f"experiment={PurePosixPath(folder, _SEARCH, path.stem)}")
        for path in sorted((place / _SEARCH).glob("*.yaml"))
    ]
    for group in () if folder else _DECIDED:
        swept += [(path, f"{group}={path.stem}") for path in sorted((conf / group).glob("*.yaml"))]
    for path, word in swept:
        sweeper = compose_hydra(conf, [word]).sweeper
        watched = {**_resolved(conf, [word])[0], "hydra": {"sweeper": OmegaConf.to_container(sweeper, resolve=True)}}
        texts[Path(path.parent.name, path.name)] = _HEADER + yaml.safe_dump(watched, sort_keys=False, width=110)
    for path, text in texts.items():
        if not (output / path).exists() or (output / path).read_text() != text:
            write_atomic(output / path, text)
    for stale in set(output.rglob("*.yaml")) - {output / path for path in texts}:
        stale.unlink()
    return len(texts)


def _resolved(conf: Path, overrides: list[str]) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The config, and the choice in each group."""
    config, origins = compose_config(conf, overrides)
    return check(complete(config, origins), origins), origins.choices


def _text(config: Mapping[str, Any], frame: Mapping[str, Any]) -> str:
    return _HEADER + yaml.safe_dump(
        {"defaults": frame["defaults"], **config, "hydra": frame["hydra"]}, sort_keys=False, width=110
    )
