"""A place in a JSON file, read by kind; what is wrong with it is said with the file and the place."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groklab.errors import UserError
from groklab.files import read_json

_MEND = "Run the stage that wrote it again."


@dataclass(frozen=True)
class Node:
    """A value with the file that it stands in and its place there, ``outcomes[0].difference.mean``."""

    value: Any
    path: Path
    place: str = ""

    def __getitem__(self, key: str) -> "Node":
        """The value under ``key`` of an object.

        Raises:
            UserError: it is absent, or this is no object.
        """
        known = self._mapping()
        place = self._below(key)
        if key not in known:
            raise UserError(f"{self.path}: {place} is missing. {_MEND}")
        return Node(known[key], self.path, place)

    def get(self, key: str) -> "Node | None":
        """The value under ``key`` of an object; None where it is absent or null."""
        known = self._mapping()
        return None if known.get(key) is None else Node(known[key], self.path, self._below(key))

    def items(self) -> list[tuple[str, "Node"]]:
        """Keys and values of an object, in the order of the file."""
        return [(str(key), Node(value, self.path, self._below(str(key)))) for key, value in self._mapping().items()]

    def each(self) -> list["Node"]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self._wrong("a list")
        return [Node(value, self.path, f"{self.place}[{row}]") for row, value in enumerate(self.value)]

    def number(self) -> float | None:
        """A float; None where it is null or not finite."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self._wrong("a number or null")
        return float(self.value) if math.isfinite(self.value) else None

    def whole(self) -> int | None:
        """A whole number; None where it is null."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | None):
            raise self._wrong("a whole number or null")
        return self.value

    def text(self, choices: Collection[str] = ()) -> str:
        """A text, of ``choices`` where there are any."""
        if not isinstance(self.value, str):
            raise self._wrong("a text")
        if choices and self.value not in choices:
            raise self._wrong(f"one of {', '.join(choices)}")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.each())

    def numbers(self) -> tuple[float | None, ...]:
        """A list of floats, None where one is null or not finite."""
        return tuple(item.number() for item in self.each())

    def _mapping(self) -> Mapping[str, Any]:
        if not isinstance(self.value, Mapping):
            raise self._wrong("an object")
        return self.value

    def _below(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _wrong(self, kind: str) -> UserError:
        shown = repr(self.value)
        shown = shown if len(shown) < 80 else f"{shown[:80]}..."
        return UserError(f"{self.path}: {self.place or 'the file'} must be {kind}, not {shown}. {_MEND}")


def read_node(path: Path) -> Node:
    """The whole of a JSON file.

    Raises:
        UserError: the file is absent or is not JSON.
    """
    return Node(read_json(path), path)
