"""Which file, or the command line, a key of the config came from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


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
        experiment = self.choices.get("experiment")
        if experiment:
            yield self.folder / "experiment" / f"{experiment}.yaml", path
        group = self.folder / path[0]
        chosen = str(self.choices.get(path[0], ""))
        files = sorted(group.rglob("*.yaml")) if group.is_dir() else []
        named = [file for file in files if file.stem in chosen]
        for file in [*named, *(file for file in files if file not in named)]:
            yield file, path[1:]
        if len(path) > 1 and (self.folder / path[1]).is_dir():  # a part within a group: of its kind's own folder
            for file in sorted((self.folder / path[1]).rglob("*.yaml")):
                yield file, path[2:]
        yield self.folder / f"{self.primary}.yaml", path


def _has(file: Path, path: Sequence[str]) -> bool:
    try:
        node = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError):
        return False
    for key in path:
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def shown(file: Path) -> str:
    """A path as a user would write it: from the working folder where it lies within."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)
