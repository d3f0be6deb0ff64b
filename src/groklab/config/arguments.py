"""Values of the command line for arguments that no YAML names."""

import dataclasses
from collections.abc import Sequence
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from groklab.config.parts import places
from groklab.config.schema import argument_names
from groklab.config.targets import find_class
from groklab.errors import UserError


def take_defaulted() -> None:
    """From here on Hydra takes ``part.key=value`` for every argument that the part's constructor has.

    Hydra itself takes keys that a YAML names, and of others ``+part.key=value``, whatever the key; the one place where
    it lays values over a config is a private method.
    """
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra.core.override_parser.types import Override, OverrideType

    apply = ConfigLoaderImpl._apply_overrides_to_config
    if getattr(apply, "takes_defaulted", False):
        return

    def applied(overrides: Sequence[Override], cfg: DictConfig) -> None:
        for override in overrides:
            if override.type == OverrideType.CHANGE and _is_defaulted(cfg, override.key_or_group):
                override = dataclasses.replace(override, type=OverrideType.FORCE_ADD)
            apply([override], cfg)

    applied.takes_defaulted = True  # type: ignore[attr-defined]
    ConfigLoaderImpl._apply_overrides_to_config = staticmethod(applied)  # type: ignore[method-assign]


def arguments_at(config: DictConfig, path: Sequence[str]) -> list[str]:
    """The arguments that a config may give to the part at ``path``; none where there is no part."""
    here, above = (places().get(".".join(part)) for part in (path, path[:-1]))
    place = here if here and not here.labelled else above if above and above.labelled else None
    node = _node_at(config, path)
    if place is None or not isinstance(node, DictConfig):
        return []
    target = cast(dict[str, Any], OmegaConf.to_container(node, resolve=False)).get("_target_")
    try:
        return argument_names(find_class(target, place.classes(), where=""), place.given)
    except UserError:  # what is wrong with it is for the check to say
        return []


def _node_at(config: Any, path: Sequence[str]) -> Any:
    """What stands at ``path``, interpolations unresolved; None where nothing does."""
    for name in path:
        config = config._get_node(name) if isinstance(config, DictConfig) and name in config else None
    return config


def _is_defaulted(config: DictConfig, key: str) -> bool:
    *parents, name = key.split(".")
    node = _node_at(config, parents)
    return isinstance(node, DictConfig) and name not in node and name in arguments_at(config, parents)
