"""A composed config, checked whole before anything is built."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationKeyError, InterpolationResolutionError, MissingMandatoryValue

from groklab.config.origins import Origins
from groklab.config.parts import GROUP, SETTINGS, WITHIN, Place, places
from groklab.config.schema import argument_names, check_values, unknown_argument
from groklab.config.suggest import did_you_mean, nearest
from groklab.config.targets import find_class
from groklab.errors import UserError


@dataclass(frozen=True)
class Part:
    """A part of the config: where it stands, its class, and the arguments a config may not give."""

    path: tuple[str, ...]
    target: type
    given: frozenset[str]


def check_data(config: DictConfig, origins: Origins) -> dict[str, Any]:
    """The resolved data part alone, checked: what is needed to look into the data before the rest can be known.

    Raises:
        UserError: As :func:`check`.
    """
    raw = cast(dict[str, Any], OmegaConf.to_container(config, resolve=False))
    _check_root(raw, origins)
    part = _part(("data",), raw["data"], places()["data"], origins)
    _check_keys(raw["data"], part, origins)
    _check_interpolations(raw["data"], ("data",), origins)
    resolved = _resolve(OmegaConf.create({"data": config.data, "task": config.task}), origins)
    _check_values(resolved, part, origins)
    return {"data": resolved["data"]}


def check(config: DictConfig, origins: Origins) -> dict[str, Any]:
    """The resolved config as plain values, once every key, class and value in it is known to be right.

    Unknown keys are looked for before interpolations are followed: a misspelt key would otherwise be reported as
    whatever fails for want of it.

    Raises:
        UserError: The first fault, with its source and the nearest right spelling.
    """
    raw = cast(dict[str, Any], OmegaConf.to_container(config, resolve=False))
    _check_root(raw, origins)
    parts = list(_parts(raw, origins))
    for part in parts:
        _check_keys(_at(raw, part.path), part, origins)
    _check_interpolations(raw, (), origins)
    resolved = _resolve(config, origins)
    _check_settings(resolved, origins)
    for part in parts:
        _check_values(resolved, part, origins)
    return {**resolved, GROUP: resolved.get(GROUP)}


def _check_values(resolved: Mapping[str, Any], part: Part, origins: Origins) -> None:
    values = {key: value for key, value in _at(resolved, part.path).items() if key != "_target_"}
    try:
        check_values(part.target, values, part.given, where=".".join(part.path))
    except UserError as error:  # only now is it worth to look into the files
        blamed = next((key for key in values if f".{key}=" in str(error)), next(iter(values), None))
        where = origins.of(*part.path) if blamed is None else origins.of(*part.path, blamed)
        raise UserError(f"{where}: {error}") from None


def _check_root(raw: Mapping[str, Any], origins: Origins) -> None:
    known = [*(name for name in places() if "." not in name), GROUP, *SETTINGS]
    for key in raw:
        if key not in known:
            suggestion = did_you_mean(str(key), [*known, "defaults", "experiment", "hydra"])
            raise UserError(f"{origins.of(str(key))}: there is no key {key}. {suggestion}")
    for key in known:
        if key not in raw and key != GROUP:
            raise UserError(f"{origins.of(key)}: {key} is missing; compose it from conf/config.yaml")


def _parts(raw: Mapping[str, Any], origins: Origins) -> Iterator[Part]:
    _check_group(raw.get(GROUP), origins)
    for name, place in places().items():
        path = tuple(name.split("."))
        if path[0] == GROUP and not raw.get(GROUP):
            continue
        node = _at(raw, path)
        if not place.labelled:
            yield _part(path, node, place, origins)
            continue
        options = origins.labels(path[-1])
        for label, child in (node or {}).items():
            if options is not None and label not in options:
                raise UserError(
                    f"{origins.of(*path, label)}: {name}.{label} is no option of {path[-1]}. "
                    f"{did_you_mean(label, {*options, 'defaults'}, prefix=name + '.')}"
                )
            yield _part((*path, label), child, place, origins)


def _check_group(node: Any, origins: Origins) -> None:
    """The keys of the group of the second network; none of them may lack."""
    if node is None:
        return
    if not isinstance(node, Mapping):
        raise UserError(f"{origins.of(GROUP)}: {GROUP} is {node!r}, not a group of parts; choose {GROUP}=NAME")
    for key in node:
        if key not in WITHIN:
            suggestion = did_you_mean(str(key), [*WITHIN, "defaults"], prefix=f"{GROUP}.")
            raise UserError(f"{origins.of(GROUP, str(key))}: there is no key {GROUP}.{key}. {suggestion}")
    for key in WITHIN:
        if key not in node:
            raise UserError(f"{origins.of(GROUP)}: {GROUP}.{key} is missing; choose one with {GROUP}=NAME")


def _part(path: tuple[str, ...], node: Any, place: Place, origins: Origins) -> Part:
    where = ".".join(path)
    if not isinstance(node, Mapping):
        raise UserError(f"{origins.of(*path)}: {where} is {node!r}, not a part; choose one with {path[0]}=NAME")
    if "_target_" not in node:
        for key in node:
            if nearest(str(key), ["_target_", "defaults"]):
                source = origins.of(*path, str(key))
                suggestion = did_you_mean(str(key), ["_target_", "defaults"], prefix=f"{where}.")
                raise UserError(f"{source}: {where}.{key} is no key of a part. {suggestion}")
        mend = f"choose one with {path[0]}=NAME"
        if len(path) > 1 and node:
            mend = (
                f"its values are set, but {path[0]}= does not choose it: choose it too, or leave them out with ~{where}"
            )
        raise UserError(f"{origins.of(*path)}: {where} has no _target_; {mend}")
    try:
        target = find_class(node["_target_"], place.classes(), where=where)
    except UserError as error:
        raise UserError(f"{origins.of(*path)}: {error}") from error
    return Part(path, target, place.given)


def _check_keys(node: Mapping[str, Any], part: Part, origins: Origins) -> None:
    known = {*argument_names(part.target, part.given), "_target_"}
    for key in node:
        if key not in known:
            where = f"{origins.of(*part.path, str(key))}: {'.'.join(part.path)}"
            raise unknown_argument(part.target, str(key), part.given, where=where)


def _check_interpolations(node: Any, path: tuple[str, ...], origins: Origins) -> None:
    if isinstance(node, Mapping):
        for key, child in node.items():
            _check_interpolations(child, (*path, str(key)), origins)
    elif isinstance(node, list):
        for child in node:
            _check_interpolations(child, path, origins)
    elif isinstance(node, str) and "${oc.env" in node.replace(" ", ""):
        raise UserError(
            f"{origins.of(*path)}: {'.'.join(path)} reads the environment; a config is kept and shown, so give the "
            "value itself, or let the library that needs a secret read it"
        )


def _resolve(config: DictConfig, origins: Origins) -> dict[str, Any]:
    try:
        resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except (InterpolationKeyError, InterpolationResolutionError) as error:
        path = str(error.full_key).split(".")
        reference = str(error).split("'")[1] if "'" in str(error) else ""
        known = list(_keys(OmegaConf.to_container(config, resolve=False)))
        alike = nearest(reference, known)
        group = reference.partition(".")[0]
        mend = did_you_mean(reference, alike) if alike else f"Choose another {group}=NAME, or set {error.full_key}"
        raise UserError(
            f"{origins.of(*path)}: {error.full_key} refers to {reference}, which does not exist. {mend}"
        ) from None
    except MissingMandatoryValue as error:
        path = str(error.full_key).split(".")
        raise UserError(f"{origins.of(*path)}: {error.full_key} must be given; add {error.full_key}=VALUE") from None
    assert isinstance(resolved, dict)
    return {str(key): value for key, value in resolved.items()}


def _check_settings(resolved: Mapping[str, Any], origins: Origins) -> None:
    for key, setting in SETTINGS.items():
        given = resolved[key]
        for value in given if setting.several and isinstance(given, list) and given else [given]:
            if type(value) not in setting.types:
                kinds = " or ".join("null" if kind is NoneType else kind.__name__ for kind in setting.types)
                raise UserError(f"{origins.of(key)}: {key}={value!r} should be a {kinds}")
            if type(value) is int and not setting.lowest <= value < 2**32:
                raise UserError(f"{origins.of(key)}: {key}={value} should be from {setting.lowest} to {2**32 - 1}")
    if isinstance(resolved["seed"], list) and resolved["seeds"] != 1:
        raise UserError(f"{origins.of('seeds')}: seeds={resolved['seeds']} counts from one seed, and several are given")
    for fold in resolved["fold"] if isinstance(resolved["fold"], list) else [resolved["fold"]]:
        if fold is not None and fold >= resolved["folds"]:
            raise UserError(f"{origins.of('fold')}: fold={fold} should be below folds={resolved['folds']}; raise folds")


def _keys(node: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, child in node.items():
            yield f"{prefix}{key}"
            yield from _keys(child, f"{prefix}{key}.")


def _at(node: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        node = node[key]
    return node
