"""The page of ``conf/``: every group, every choice, its keys, and what its constructor says of them."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from docstrings import plain
from griffe import Docstring, DocstringSectionKind, Parser

from groklab.config.parts import Place, places
from groklab.config.schema import argument_names
from groklab.config.targets import find_class

_REMARK = re.compile(r"^(?P<key>\w+): [^#\n]*\S # (?P<remark>.+)$", re.MULTILINE)
_CODE_OR_TAG = re.compile(r"(`+).*?\1|<")


def groups(conf: Path) -> list[str]:
    """Folders of ``conf``, in the order of their names."""
    return sorted(path.name for path in conf.iterdir() if path.is_dir())


def choices(conf: Path, group: str) -> list[str]:
    """What a group can be set to, with those in folders of it: ``mlp``, ``classification/majority``."""
    folder = conf / group
    return sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.yaml"))


def page(conf: Path) -> str:
    """The whole page, as Markdown."""
    return "\n".join(
        [
            "# Configs",
            "",
            "Every group is a folder of `conf/`, every choice a file in it: `group=choice` takes it,",
            "`group.key=value` sets a key. This page is made of the files and of the constructors that they name.",
            "",
            *(line for path in sorted(conf.glob("*.yaml")) for line in (f"## {path.name}", "", *_file(path))),
            *(line for group in groups(conf) for line in _group(conf, group)),
        ]
    )


def _group(conf: Path, group: str) -> Iterator[str]:
    yield from (f"## {group}", "")
    for choice in choices(conf, group):
        yield from (f"#### {group}={choice} {{ #{group}-{choice.replace('/', '-')} }}", "")
        yield from _file(conf / group / f"{choice}.yaml", places().get(group))


def _file(path: Path, place: Place | None = None) -> Iterator[str]:
    text = path.read_text()
    yield from (head_comment(text), "")
    config = yaml.safe_load(text) or {}
    taken = [_default(entry) for entry in config.pop("defaults", []) if entry != "_self_"]
    if taken:
        yield from (f"Takes {', '.join(f'`{entry}`' for entry in taken)}.", "")
    for where, part in _constructors(config):
        summary, meanings = described(part["_target_"])
        yield from (f"`{part['_target_']}`: {summary}", "")
        rows = _flat({key: value for key, value in part.items() if key != "_target_"}, where)
        yield from _table(rows, meanings | remarks(text), skipped=where)
        if left := unsaid(part, place):
            yield from (f"Left at {'its default' if len(left) == 1 else 'their defaults'}: {', '.join(left)}.", "")
    if not _is_constructor(config):
        rest = {key: value for key, value in config.items() if not _is_constructor(value)}
        yield from _table(_flat(rest), remarks(text))


def unsaid(part: dict[str, Any], place: Place | None) -> list[str]:
    """Arguments that a config of this place may set and that the file does not name."""
    if place is None:
        return []
    names = argument_names(find_class(part["_target_"], (object,), where="conf"), place.given)
    return [f"`{name}`" for name in names if name not in part]


def _table(rows: Iterator[tuple[str, Any]], meanings: dict[str, str], *, skipped: str = "") -> Iterator[str]:
    lines = [f"| `{key}` | {_shown(value)} | {_meaning(key.removeprefix(skipped), meanings)} |" for key, value in rows]
    if lines:
        yield from ("| key | value | meaning |", "|---|---|---|", *lines, "")


def _meaning(key: str, meanings: dict[str, str]) -> str:
    """What is said of a key, or of the argument that it is within."""
    return meanings.get(key, meanings.get(key.partition(".")[0], ""))


def remarks(text: str) -> dict[str, str]:
    """What a file says of its own keys, behind their values: ``lr: 0.1 # the step``."""
    return {found["key"]: escaped(found["remark"]) for found in _REMARK.finditer(text)}


def head_comment(text: str) -> str:
    """The comment at the top of a file, as one line, without what is meant for Hydra (``# @package``)."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if "@package" not in line:
            lines.append(line.lstrip("# "))
    return escaped(" ".join(lines))


def _default(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    ((key, value),) = entry.items()
    return f"{str(key).removeprefix('override ').removeprefix('/')}={_plain(value)}"


def _is_constructor(value: Any) -> bool:
    return isinstance(value, dict) and "_target_" in value


def _constructors(config: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if _is_constructor(config):
        yield "", config
    yield from ((f"{key}.", value) for key, value in config.items() if _is_constructor(value))


def described(target: str) -> tuple[str, dict[str, str]]:
    """The first sentence of a class's docstring, and what it and its bases say of each argument."""
    found = find_class(target, (object,), where="conf")
    meanings: dict[str, str] = {}
    for kind in reversed(found.__mro__):
        if kind.__doc__ and kind.__module__ != "builtins":
            meanings |= _arguments(kind.__doc__)
    return escaped(_paragraph(inspect.getdoc(found) or "")), meanings


def _paragraph(text: str) -> str:
    return " ".join(plain(text).strip().split("\n\n")[0].split())


def _arguments(text: str) -> dict[str, str]:
    sections = Docstring(inspect.cleandoc(text)).parse(Parser.google, warnings=False)
    return {
        item.name: escaped(_paragraph(item.description))
        for section in sections
        if section.kind is DocstringSectionKind.parameters
        for item in section.value
    }


def _flat(config: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in config.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(_plain(item) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _shown(value: Any) -> str:
    told = _plain(value).replace("|", "\\|")
    return "must be given" if told == "???" else f"`{told or repr(told)}`"


def escaped(text: str) -> str:
    """Fit for a cell of a table; what is code already stands as it is."""
    kept = _CODE_OR_TAG.sub(lambda found: "&lt;" if found[0] == "<" else found[0], text)
    return kept.replace("|", "\\|")
