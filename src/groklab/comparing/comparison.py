"""What differs between two records, and what does not."""

import json
import re
from dataclasses import dataclass
from typing import Any

from groklab.aligned import aligned
from groklab.comparing.record import Record

_ABSENT = object()
_LONGEST = 60
_DIGEST = re.compile(r"[0-9a-f]{32,}")


@dataclass(frozen=True)
class Comparison:
    """Two records side by side.

    Args:
        a: One.
        b: The other.
    """

    a: Record
    b: Record

    @property
    def names(self) -> list[str]:
        """The sections."""
        return list(dict.fromkeys([*self.a.sections, *self.b.sections]))

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Sections of which one or both records know nothing: in which."""
        missing = {
            name: [which for which, record in (("A", self.a), ("B", self.b)) if record.sections.get(name) is None]
            for name in self.names
        }
        return {name: which for name, which in missing.items() if which}

    @property
    def equal(self) -> list[str]:
        """Sections without a difference."""
        return [name for name in self.names if name not in self.unknown and not self.differences(name)]

    def differences(self, name: str) -> dict[str, tuple[Any, Any]]:
        """The keys of a section whose values differ, in their order; none where a record knows nothing of it."""
        a, b = self.a.sections.get(name), self.b.sections.get(name)
        if a is None or b is None:
            return {}
        pairs = {key: (a.get(key, _ABSENT), b.get(key, _ABSENT)) for key in dict.fromkeys([*a, *b])}
        return {key: pair for key, pair in pairs.items() if pair[0] is _ABSENT or pair[0] != pair[1]}

    def describe(self) -> dict[str, Any]:
        """As JSON has it: a key that only one has lacks the other's value."""
        described = {
            name: {
                key: {which: value for which, value in zip("ab", pair, strict=True) if value is not _ABSENT}
                for key, pair in self.differences(name).items()
            }
            for name in self.names
        }
        return {
            "a": self.a.title.split()[0],
            "b": self.b.title.split()[0],
            "differences": {name: pairs for name, pairs in described.items() if pairs},
            "equal": self.equal,
            "unknown": self.unknown,
        }

    def __str__(self) -> str:
        tables = [_table(name, pairs) for name in self.names if (pairs := self.differences(name))]
        return "\n\n".join([f"A  {self.a.title}\nB  {self.b.title}", *tables, self._sentence()])

    def _sentence(self) -> str:
        """What is equal, and what is not known."""
        if len(self.equal) == len(self.names):
            return "Nothing differs."
        same = f"The same in both: {', '.join(self.equal)}" if self.equal else "Nothing is the same in both"
        unknown = [f"{name} (of {' and '.join(which)})" for name, which in self.unknown.items()]
        return same + (f"; unknown: {', '.join(unknown)}." if unknown else ".")


def _table(name: str, pairs: dict[str, tuple[Any, Any]]) -> str:
    changes = {key: _change(*pair) for key, pair in pairs.items()}
    numbers = any(changes.values())
    rows = [[name, "A", "B", *(["B - A"] if numbers else [])]]
    for key, pair in pairs.items():
        rows.append([f"  {key}", *map(_shown, pair), *([changes[key]] if numbers else [])])
    return aligned(rows, left=3)


def _change(a: Any, b: Any) -> str:
    if all(type(value) in (int, float) for value in (a, b)):
        return f"{b - a:+.6g}"
    return ""


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = value if isinstance(value, str) else json.dumps(value)
    if _DIGEST.fullmatch(text):
        return text[:12]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
