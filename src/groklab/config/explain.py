"""Why a config could not be composed, in one line."""

import argparse
import contextlib
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from groklab.config.arguments import arguments_at
from groklab.config.origins import SEARCHES, file_of, shown
from groklab.config.suggest import did_you_mean, nearest

_KEYWORDS = ("override", "optional")


def explain(error: Exception) -> str | None:
    """One line for an error of composing; None for an error that is none.

    Hydra's own text spans lines and proposes ``+key=value``, which would add the misspelling.
    """
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark
        place = f"{mark.name}, line {mark.line + 1}" if mark else "a YAML file"
        return f"{place}: {error.problem}; mend the YAML there"
    if isinstance(error, ValueError) and str(error).startswith("Config group override must be"):
        return "command line: what stands after GROUP= is the name of a choice, not a number"
    if not isinstance(error, HydraException | OmegaConfBaseException):
        return None
    if isinstance(error, OverrideParseException):
        return _unreadable(error.override)
    text = str(error)
    program = _Program.running()
    if found := re.search(r"Could not (?:find|load) '([^']+)'", text):
        return program.unknown_option(found[1], _source(program, text))
    if found := re.search(r"Could not override '([^'@]+)@([^']+)'", text):
        return program.unknown_package(found[1], found[2], _source(program, text))
    if found := re.search(r"Could not override '([^'@]+)", text):
        return program.unknown_key(found[1], _source(program, text))
    if found := re.search(r"full_key: (\S+)", text):
        source = _source(program, text)
        plugin = re.search(r"\b(\w+?)(Sweeper|Launcher)Conf\b", text)  # which a file may choose
        chosen = [f"hydra/{plugin[2].lower()}={plugin[1].lower()}"] if plugin else []
        return _misspelt_defaults(source) or program.unknown_key(found[1], source, besides=chosen)
    if mistake := program.misspelt_keyword():
        return mistake
    return f"{_source(program, text)}: {' '.join(text.split())}"


def _unreadable(override: str) -> str:
    """Of a word that Hydra's grammar does not know: brackets, signs and spaces mean something to it."""
    key, equals, value = override.partition("=")
    if not equals or not key:
        return f"command line: {override} is no key=value; write one"
    inner = value.strip("\"'").replace('"', r"\"")
    return f"command line: {key}: {value} cannot be read; write " + shlex.quote(f'{key}="{inner}"')


class _Program:
    """The running Hydra program, as its command line says; Hydra has forgotten it by the time an error arrives."""

    def __init__(self, folder: Path, name: str, overrides: Sequence[str]) -> None:
        self.folder, self.name, self.overrides = folder, name, overrides

    @classmethod
    def running(cls) -> "_Program":
        parser = argparse.ArgumentParser(add_help=False)
        parser.add_argument("--config-path", "-cp", default="../conf")
        parser.add_argument("--config-name", "-cn", default="config")
        known, rest = parser.parse_known_args(sys.argv[1:])
        folder = (Path(sys.argv[0]).resolve().parent / known.config_path).resolve()
        return cls(folder, known.config_name, [word for word in rest if not word.startswith("-")])

    def unknown_option(self, missing: str, source: str) -> str:
        group, _, option = missing.rpartition("/")
        if group == SEARCHES:
            known = ", ".join(sorted(path.stem for path in Path(SEARCHES).glob("*.yaml"))) or "none"
            return (
                f"{source}: there is no {file_of(self.folder, missing)} (known: {known}); the search of that name "
                "writes it, with publish=true"
            )
        groups = [str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_dir()]
        if group in groups:
            options = [path.stem for path in (self.folder / group).glob("*.yaml")]
            suggestion = did_you_mean(option, options, prefix=f"{group}=")
            return f"{source}: there is no {group}={option}. {suggestion}"
        words = [*groups, *(f"override /{name}" for name in groups)]
        suggestion = did_you_mean(group or missing, nearest(group or missing, words))
        return f"{source}: there is no group {group or missing}. {suggestion}"

    def unknown_package(self, group: str, package: str, source: str) -> str:
        parents, _, name = package.rpartition(".")
        node: Any = self._config(without=f"{group}@{package}")
        for key in parents.split("."):
            node = node.get(key) if isinstance(node, DictConfig) else None
        if not isinstance(node, DictConfig):
            return f"{source}: there is no {parents} for a {group}; add {parents}=NAME"
        suggestion = did_you_mean(name, map(str, node), prefix=f"{group}@{parents}.")
        return f"{source}: there is no place {group}@{package}. {suggestion}"

    def unknown_key(self, key: str, source: str, besides: Sequence[str] = ()) -> str:
        if key == SEARCHES:  # a group only where its folder is
            words = (word.partition("=") for word in self.overrides)
            return self.unknown_option(f"{key}/{next(value for name, _, value in words if name == key)}", source)
        config = self._config(without=key, besides=besides)
        node: Any = config
        parents: list[str] = []
        for name in key.split("."):
            if not isinstance(node, DictConfig) or name not in node:
                break
            node = node._get_node(name)
            parents.append(name)
        names = [str(name) for name in node] if isinstance(node, DictConfig) else []
        names += arguments_at(config, parents)
        if not parents:
            names.append("experiment")
        prefix = "".join(f"{parent}." for parent in parents)
        wrong = key.removeprefix(prefix).split(".")[0]
        return f"{source}: there is no key {prefix}{wrong}. {did_you_mean(wrong, names, prefix=prefix)}"

    def misspelt_keyword(self) -> str | None:
        """A defaults list that says ``overide /group``: to Hydra a group of that name."""
        for file in sorted(self.folder.rglob("*.yaml")):
            node = yaml.safe_load(file.read_text())
            defaults = node.get("defaults", []) if isinstance(node, dict) else []
            for entry in defaults:
                words = next(iter(entry)).split(" ") if isinstance(entry, dict) else [""]
                if len(words) > 1 and words[0] not in _KEYWORDS:
                    suggestion = did_you_mean(words[0], _KEYWORDS)
                    return f"{shown(file)}: defaults: there is no keyword {words[0]}. {suggestion}"
        return None

    def _config(self, *, without: str, besides: Sequence[str] = ()) -> DictConfig:
        kept = [word for word in self.overrides if not word.lstrip("+~").startswith(without)]
        single = [word for word in kept if not set(",(") & set(word)]  # a multirun's lists compose to nothing
        for name, overrides in ((self.name, kept), (self.name, single), (self.name, list(besides)), (None, [])):
            try:
                with _aside(), initialize_config_dir(str(self.folder), version_base="1.3"):
                    return compose(name, overrides, return_hydra_config=True)
            except (HydraException, OmegaConfBaseException, yaml.YAMLError):
                continue
        return OmegaConf.create()


@contextlib.contextmanager
def _aside() -> Iterator[None]:
    """Put a Hydra that is running aside: there can be but one."""
    glob = GlobalHydra.instance()
    running, glob.hydra = glob.hydra, None
    try:
        yield
    finally:
        glob.hydra = running


def _misspelt_defaults(source: str) -> str | None:
    """Of a file whose keys lack their places because nobody read its list of defaults."""
    node = yaml.safe_load(Path(source).read_text()) if Path(source).is_file() else None
    wrong = nearest("defaults", map(str, node)) if isinstance(node, dict) and "defaults" not in node else []
    return f"{source}: there is no key {wrong[0]}. Did you mean defaults?" if wrong else None


def _source(program: _Program, text: str) -> str:
    found = re.match(r"In '([^']+)'", text)
    if found and (found[1] != program.name or "raised while composing" in text):
        return shown(file_of(program.folder, found[1]))
    return "command line"
