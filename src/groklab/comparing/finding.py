"""A run, a model or a multirun by its name."""

from pathlib import Path

from groklab.config.suggest import nearest
from groklab.errors import UserError

_ROOTS = ("models", "runs", "multirun")
_MOST_SHOWN = 8


def find(name: str, *, root: Path) -> Path:
    """The folder that ``name`` stands for: a folder itself, or one of ``runs/``, ``models/`` and ``multirun/`` by its
    name or the first letters of it.

    Raises:
        UserError: There is none, or several begin so.
    """
    if (Path(name) / "config.yaml").is_file():
        return Path(name)
    known = [path.parent for folder in _ROOTS for path in sorted((root / folder).glob("*/config.yaml"))]
    exact = [path for path in known if path.name == name]
    found = exact or [path for path in known if name and path.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(f"{name}: several begin so: {_shown(found)}; give more of the name")
    close = nearest(name, {path.name for path in known})
    if close:
        raise UserError(f"{name}: there is no such run, model or multirun. Did you mean {' or '.join(close)}?")
    newest = sorted(known, key=lambda path: path.stat().st_mtime, reverse=True)
    mend = f"The newest: {_shown(newest)}." if newest else f"{root} has no {', '.join(_ROOTS)}; train something first."
    raise UserError(f"{name}: there is no such run, model or multirun. {mend}")


def _shown(paths: list[Path]) -> str:
    more = ["..."] if len(paths) > _MOST_SHOWN else []
    return ", ".join([*map(str, paths[:_MOST_SHOWN]), *more])
