"""Every experiment as one resolved file: what DVC can watch key by key."""

from pathlib import Path
from typing import Any

import yaml

from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.files import write_atomic

_HEADER = "# Written by pipelines/resolve.py from conf/: change it there.\n"


def resolve_all(conf: Path, output: Path) -> int:
    """Compose and check each of ``conf/experiment`` and ``conf/data`` into ``output``; returns how many.

    A file whose content is the same is left alone, one whose experiment is gone is removed. Hydra's own settings go
    along unresolved, so that ``-cp ../resolved -cn NAME`` starts the same program in the same way.

    Raises:
        UserError: A config is wrong; what was resolved before is left as it was.
    """
    root = yaml.safe_load((conf / "config.yaml").read_text())
    programs = [entry for entry in root["defaults"] if "override hydra/" in str(entry)]
    frame = {"defaults": [*programs, "_self_"], "hydra": root["hydra"]}
    wanted = {
        **{Path(f"{name}.yaml"): [f"experiment={name}"] for name in _names(conf / "experiment")},
        **{Path("data") / f"{name}.yaml": [f"data={name}"] for name in _names(conf / "data")},
    }
    texts = {path: _text(conf, overrides, frame) for path, overrides in wanted.items()}
    for path, text in texts.items():
        if not (output / path).exists() or (output / path).read_text() != text:
            write_atomic(output / path, text)
    for stale in set(output.rglob("*.yaml")) - {output / path for path in wanted}:
        stale.unlink()
    return len(texts)


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.yaml"))


def _text(conf: Path, overrides: list[str], frame: dict[str, Any]) -> str:
    config, origins = compose_config(conf, overrides)
    resolved = check(config, origins)
    return _HEADER + yaml.safe_dump(
        {"defaults": frame["defaults"], **resolved, "hydra": frame["hydra"]}, sort_keys=False, width=110
    )
