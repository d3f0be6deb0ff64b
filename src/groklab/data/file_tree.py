"""The files of a folder of the user's."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_NAMED = 10  # more are counted


class Unreadable(Exception):
    """Why a file cannot be used."""


@dataclass(frozen=True)
class Member:
    """A file, the class whose folder it is in, and its part where a folder fixes it."""

    path: Path
    label: str
    part: str


def files_in(folder: Path) -> list[Path]:
    """All files below a folder in the order of their names; what is hidden is left out."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place) / name for name in files if not name.startswith(".")]
    return sorted(found, key=lambda path: path.as_posix())


def folders_in(folder: Path) -> list[str]:
    """Names of the folders in a folder, in order; what is hidden is left out."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        Unreadable: There are none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    if not content:
        raise Unreadable("empty")
    return content


def name_in(path: Path, root: Path) -> str:
    """A file's name within a folder, with ``/``."""
    return path.relative_to(root).as_posix()


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
