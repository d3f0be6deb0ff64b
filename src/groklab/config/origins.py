"""Which file, or the command line, a key of the config came from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SEARCHES = "searches"  # the folder, and the group, of what searches found


@dataclass(frozen=True)
class Origins:
    """Where to look for the source of a key.

    Args:
        folder: The folder of ``config.yaml`` and the groups.
        primary: Name of the composition root, without ``.yaml``.
        choices: Group -> chosen option or options.
        overrides: The overrides of the command line.
    """

    folder: Path
    primary: str
    choices: Mapping[str, Any]
    overrides: Sequence[str]

    def of(self, *path: str) -> str:
        """The source of the key at ``path``, as it is shown to a user."""
        key = ".".join(path)
        for override in self.overrides:
            name = override.partition("=")[0].lstrip("+~")
            if name not in self.choices and (key == name or key.startswith(name + ".")):
                return "command line"
        for file, inner in self._candidates(path):
            if _has(file, inner):
                return shown(file)
        return "command line" if self.overrides else shown(self.folder / f"{self.primary}.yaml")

    def labels(self, group: str) -> set[str] | None:
        """The options of a group, by name; None where the folder has no such group."""
        folder = self.folder / group
        return {file.stem for file in folder.rglob("*.yaml")} if folder.is_dir() else None

    def _candidates(self, path: Sequence[str]) -> Iterator[tuple[Path, Sequence[str]]]:
        for group in (SEARCHES, "experiment"):
            if chosen := self.choices.get(group):
                for file in self._with_included(f"{group}/{chosen}"):
                    yield file, path
        folder = self.folder / path[0]
        option = str(self.choices.get(path[0], ""))
        files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
        named = [file for file in files if file.stem in option]
        for file in [*named, *(file for file in files if file not in named)]:
            yield file, path[1:]
        if len(path) > 1 and (self.folder / path[1]).is_dir():  # a part within a group: of its kind's own folder
            for file in sorted((self.folder / path[1]).rglob("*.yaml")):
                yield file, path[2:]
        for name in (self.primary, "multirun"):
            yield self.folder / f"{name}.yaml", path

    def _with_included(self, name: str) -> Iterator[Path]:
        """The file of a config, and those that its defaults list names from the root, the last one first."""
        file = file_of(self.folder, name)
        yield file
        node = _read(file)
        for entry in reversed(node.get("defaults") or [] if isinstance(node, dict) else []):
            if isinstance(entry, str) and entry.startswith("/"):
                yield from self._with_included(entry[1:])


def file_of(folder: Path, name: str) -> Path:
    """Where the config ``name`` lies: in ``folder``, or, of what searches found, in the working folder."""
    place = Path() if name.startswith(f"{SEARCHES}/") else folder
    return place / f"{name}.yaml"


def _has(file: Path, path: Sequence[str]) -> bool:
    node = _read(file)
    for key in path:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def _read(file: Path) -> Any:
    try:
        return _content(file, file.stat().st_mtime_ns)
    except (OSError, yaml.YAMLError):
        return None


@cache
def _content(file: Path, changed_ns: int) -> Any:
    return yaml.safe_load(file.read_text())


def shown(file: Path) -> str:
    """A path as a user would write it: from the working folder where it lies within."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)
