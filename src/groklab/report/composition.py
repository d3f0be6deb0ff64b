"""A resolved config -> the parts that a reader compares experiments by."""

from collections.abc import Mapping
from typing import Any

from groklab.report.records import Part
from groklab.report.wording import words

_ROLES = ("architecture", "activation", "regularizer", "task", "loss", "optimizer", "scheduler", "trainer")


def composition(config: Mapping[str, Any]) -> tuple[Part, ...]:
    """One part per choice, in the order of ``_ROLES``; a mapping or list of parts gives one for each."""
    parts = [part for role in _ROLES if config.get(role) is not None for part in _parts(role, config[role])]
    if parts and "seed" in config:
        parts.append(Part("Seed", None, (("", _text(config["seed"])),)))
    return tuple(parts)


def _parts(role: str, node: Any) -> list[Part]:
    if isinstance(node, Mapping) and "_target_" not in node and node and _all_mappings(node):
        return [Part(words(role), *_described(child)) for child in node.values()]
    if isinstance(node, list) and node and all(isinstance(child, Mapping) for child in node):
        return [Part(words(role), *_described(child)) for child in node]
    if node in ({}, []):
        return [Part(words(role), None, (("", "none"),))]
    return [Part(words(role), *_described(node))]


def _all_mappings(node: Mapping[str, Any]) -> bool:
    return all(isinstance(child, Mapping) for child in node.values())


def _described(node: Any) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    if not isinstance(node, Mapping):
        return None, (("", _text(node)),)
    target = node.get("_target_")
    shown = tuple((str(key), _text(value)) for key, value in node.items() if not str(key).startswith("_"))
    return None if target is None else str(target).rpartition(".")[2], shown


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        target, arguments = _described(value)
        inside = ", ".join(f"{name}={text}" for name, text in arguments)
        return f"{target}({inside})" if target else f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(_text(item) for item in value)}]"
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
