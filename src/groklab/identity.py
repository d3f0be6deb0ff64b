"""One content address per run: what it computes, not where, when or how it is watched."""

import ast
import hashlib
import importlib.util
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from groklab.files import digest

# What a run computes does not depend on these.
_NOT_PART = ("name", "force", "test", "publish", "tracking", "baseline", "evaluation", "seeds", "preview")
_NOT_PART_OF_TRAINER = ("accelerator", "devices", "num_threads", "checkpoint_every_s", "profiler")
_NOT_CODE = ("groklab.training.progress", "groklab.errors", "groklab.data.download", "groklab.data.download_progress")


def identity(config: Mapping[str, Any], *, fingerprint: str) -> str:
    """The run's address: 16 hex digits of resolved config, prepared data and code that matters.

    Args:
        config: Resolved config.
        fingerprint: Of the prepared data.
    """
    kept = _kept(config)
    if kept.get("fold") is None:
        kept = {key: value for key, value in kept.items() if key not in ("fold", "folds")}
    trainer = kept.get("trainer", {})
    kept["trainer"] = {key: value for key, value in trainer.items() if key not in _NOT_PART_OF_TRAINER}
    return digest([kept, fingerprint, code_digest(_roots(kept))])[:16]


def code_of(config: Mapping[str, Any]) -> dict[str, str]:
    """The modules that matter to what ``config`` computes, each with the hash of its syntax tree."""
    return _modules(_roots(_kept(config)))


def code_digest(modules: Iterable[str]) -> str:
    """Hash of the syntax trees of ``modules`` and of all they import from groklab or from the user's packages.

    Comments, layout and docstrings do not enter it.
    """
    return digest(sorted(_modules(modules).items()))


def _kept(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in _NOT_PART}


def _roots(kept: Mapping[str, Any]) -> list[str]:
    """The modules that the config names, and those that make objects of it."""
    modules = [target.rpartition(".")[0] for target in sorted(_targets(kept))]
    if kept.get("discriminator"):
        modules.append("groklab.adversary")
    if kept.get("data", {}).get("shuffle_pixels"):
        modules.append("groklab.layers.pixel_order")
    return [*modules, "groklab.assembly"]


def _modules(modules: Iterable[str]) -> dict[str, str]:
    own = ("groklab", *os.environ.get("GROKLAB_ALLOW", "").replace(",", " ").split())
    seen: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in seen or name in _NOT_CODE or name.partition(".")[0] not in own:
            continue
        path = _source(name)
        if path is None:
            continue
        seen[name], imports = _read(path, path.stat().st_mtime_ns)
        if name != "groklab.assembly":  # it imports every part there is; those that take part are named
            waiting += imports
    return seen


def _targets(node: Any) -> set[str]:
    if isinstance(node, Mapping):
        here = {node["_target_"]} if isinstance(node.get("_target_"), str) else set()
        return here.union(*(_targets(child) for child in node.values()))
    return set()


def _source(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


@cache
def _read(path: Path, changed_ns: int) -> tuple[str, list[str]]:
    """Hash of a module's meaning, and what it may import (modules, or names within them)."""
    tree = ast.parse(path.read_bytes())
    imports: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imports
