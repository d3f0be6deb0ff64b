"""A run's own config as what Hydra composes from."""

import shlex
from collections.abc import Sequence
from pathlib import Path

import yaml

from groklab.comparing.finding import find
from groklab.comparing.multirun import is_multirun
from groklab.errors import UserError
from groklab.files import read_json

# What conf/config.yaml says of Hydra itself; a run's config holds nothing of that.
_FRAME = ("hydra.output_subdir=null", "hydra.run.dir=.", "hydra/job_logging=none", "hydra/hydra_logging=none")
# What was asked of the run that was, and is not asked of the next.
_RESET = ("++force=false", "++publish=false", "++preview=false", "++seeds=1")


def arguments(name: str, words: Sequence[str], *, root: Path) -> list[str]:
    """The command line that has ``pipelines/train.py`` start from the config of the run ``name``.

    Args:
        name: Id of the run or its first digits, an experiment in ``models/``, or a folder.
        words: Overrides of values.
        root: The working folder.

    Raises:
        UserError: There is no such run, or a word is none.
    """
    folder = find(name, root=root)
    if is_multirun(folder):
        raise UserError(f"{folder} is a multirun; give its own command again: {_command(folder)}")
    parts = yaml.safe_load((folder / "config.yaml").read_text())
    for word in words:
        if isinstance(parts.get(word.partition("=")[0]), dict):
            raise UserError(
                f"{word}: the run's config holds its parts, whose values can be changed (rerun.py --help); another "
                f"part goes with the run's own command: {_command(folder)}"
            )
        if "=" not in word or word.startswith("-"):
            raise UserError(f"{word}: is not KEY=VALUE; rerun.py RUN KEY=VALUE ... changes values of the run's config")
    return ["-cp", str(folder.resolve()), "-cn", "config", *_FRAME, *_RESET, *words]


def command_of(folder: Path, words: Sequence[str]) -> str | None:
    """The command of a run whose config came from ``folder``; None if that is no run's.

    Without a change it is that of the run there.
    """
    if not (folder / "status.json").is_file():
        return None
    own = [word for word in words if word not in _RESET]
    return shlex.join(["python", "pipelines/rerun.py", folder.name, *own]) if own else _command(folder)


def _command(folder: Path) -> str:
    return str(read_json(folder / "status.json")["command"])
