"""Composing a config with Hydra, and where its keys come from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from groklab.config.arguments import take_defaulted
from groklab.config.origins import Origins


def compose_config(folder: Path, overrides: Sequence[str], *, name: str = "config") -> tuple[DictConfig, Origins]:
    """The config that ``overrides`` give over ``folder/name.yaml``, and where its keys come from."""
    take_defaulted()
    with initialize_config_dir(str(folder.resolve()), version_base="1.3"):
        config = compose(name, list(overrides), return_hydra_config=True)
    choices = OmegaConf.to_container(config.hydra.runtime.choices)
    assert isinstance(choices, Mapping)
    origins = Origins(folder, name, {str(key): value for key, value in choices.items()}, overrides)
    return OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"]), origins


def compose_hydra(folder: Path, overrides: Sequence[str]) -> DictConfig:
    """Hydra's own node of the config that ``overrides`` give over ``folder/config.yaml``."""
    take_defaulted()
    with initialize_config_dir(str(folder.resolve()), version_base="1.3"):
        hydra: DictConfig = compose("config", list(overrides), return_hydra_config=True).hydra
    return hydra


def running_origins() -> Origins:
    """Where the keys of the running Hydra program's config come from."""
    return origins_of(HydraConfig.get())


def origins_of(hydra: Any) -> Origins:
    """Where the keys of a config come from whose ``hydra`` node this is."""
    folder = next(Path(source.path) for source in hydra.runtime.config_sources if source.provider == "main")
    choices = {str(key): value for key, value in hydra.runtime.choices.items()}
    return Origins(folder, str(hydra.job.config_name), choices, list(hydra.overrides.task))
