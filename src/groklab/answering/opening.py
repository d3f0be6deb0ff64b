"""A run or a published model by its name."""

from pathlib import Path
from typing import Any

import yaml
from omegaconf import DictConfig

from groklab.answering.trained import Trained, load_trained
from groklab.config.check import check
from groklab.config.origins import Origins
from groklab.data.card import CARD, Card
from groklab.data.prepared import Prepared
from groklab.errors import UserError
from groklab.fitting import WEIGHTS


def find_run(name: str, *, root: Path) -> Path:
    """The folder of the run of an id (or its first digits), or of the model of an experiment's name.

    Raises:
        UserError: There is no such run, several begin so, or it has no weights.
    """
    found = [path for path in [root / "models" / name, *sorted((root / "runs").glob(f"{name}*"))] if path.is_dir()]
    found = [path for path in found if (path / "config.yaml").is_file()] if name else []
    if len(found) != 1:
        what = "several begin so" if found else "there is none"
        raise UserError(
            f"run={name}: {what} in {root / 'runs'} or {root / 'models'}; give the id that training printed"
        )
    (folder,) = found
    if not (folder / WEIGHTS).is_file():
        raise UserError(f"{folder}: has no {WEIGHTS}, so it is not trained to its end; run its command again")
    return folder


def open_run(name: str, *, root: Path) -> Trained:
    """The run of an id (or its first digits), or the model of an experiment's name.

    Raises:
        UserError: As :func:`find_run`; or its config is wrong.
    """
    folder = find_run(name, root=root)
    raw: dict[str, Any] = yaml.safe_load((folder / "config.yaml").read_text())
    config = check(DictConfig(raw), Origins(folder, "config", {}, []))
    return load_trained(folder, config, Prepared(folder, Card.read(folder / CARD)))
