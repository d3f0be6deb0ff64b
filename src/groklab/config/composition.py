"""Composing a config with Hydra, and saying in one line why it could not be."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from groklab.config.origins import Origins
from groklab.config.parts import SETTINGS, places
from groklab.config.suggest import did_you_mean


def compose_config(folder: Path, overrides: Sequence[str], *, name: str = "config") -> tuple[DictConfig, Origins]:
    """The config that ``overrides`` give over ``folder/name.yaml``, and where its keys come from."""
    with initialize_config_dir(str(folder.resolve()), version_base="1.3"):
        config = compose(name, list(overrides), return_hydra_config=True)
    choices = OmegaConf.to_container(config.hydra.runtime.choices)
    assert isinstance(choices, Mapping)
    origins = Origins(folder, name, {str(key): value for key, value in choices.items()}, overrides)
    return OmegaConf.masked_copy(config, [key for key in config if key != "hydra"]), origins


def running_origins() -> Origins:
    """Where the keys of the running Hydra program's config come from."""
    hydra = HydraConfig.get()
    folder = next(Path(source.path) for source in hydra.runtime.config_sources if source.schema == "file")
    choices = {str(key): value for key, value in hydra.runtime.choices.items()}
    return Origins(folder, str(hydra.job.config_name), choices, list(hydra.overrides.task))


def explain(error: Exception) -> str | None:
    """One line for an error of composing; None for an error that is none.

    Hydra's own text spans lines and proposes ``+key=value``, which would add the misspelling.
    """
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark
        place = f"{mark.name}, line {mark.line + 1}" if mark else "a YAML file"
        return f"{place}: {error.problem}; mend the YAML there"
    if not isinstance(error, HydraException | OmegaConfBaseException):
        return None
    text = str(error)
    if isinstance(error, MissingConfigException) and (found := re.search(r"Could not find '([^']+)'", text)):
        return _unknown_option(found[1], text)
    if found := re.search(r"Could not override '([^']+)'", text):
        return _unknown_key(found[1].split("@")[0], text)
    if isinstance(error, OmegaConfBaseException) and error.full_key:
        return _unknown_key(str(error.full_key), text)
    return f"command line: {' '.join(text.split())}"


def _unknown_option(missing: str, text: str) -> str:
    group, _, option = missing.rpartition("/")
    source = _source(text)
    loader = GlobalHydra.instance().config_loader() if GlobalHydra.instance().is_initialized() else None
    groups = _groups()
    if group.startswith("override ") or group in groups or loader is None:
        options = loader.get_group_options(group) if loader else []
        return f"{source}: there is no {group}={option}. {did_you_mean(option, options, prefix=group + '=')}"
    words = [*groups, *(f"override /{name}" for name in groups)]
    return f"{source}: there is no group {group or missing}. {did_you_mean(group or missing, words)}"


def _unknown_key(key: str, text: str) -> str:
    parent, _, name = key.rpartition(".")
    siblings = _siblings(parent)
    return f"{_source(text)}: there is no key {key}. " + did_you_mean(
        name, siblings, prefix=parent + "." if parent else ""
    )


def _siblings(parent: str) -> list[str]:
    """Keys that may stand beside a misspelt one."""
    if not parent:
        return [*places(), *SETTINGS, "experiment", "hydra"]
    return []


def _groups() -> list[str]:
    loader = GlobalHydra.instance().config_loader() if GlobalHydra.instance().is_initialized() else None
    return list(loader.get_group_options("", results_filter=None)) if loader else []


def _source(text: str) -> str:
    found = re.match(r"In '([^']+)'", text)
    return f"conf/{found[1]}.yaml" if found and found[1] != "config" else "command line"


_ = Any
