"""A constructor's own annotations as the schema of its YAML."""

import contextlib
import inspect
import json
from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, Unpack, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from groklab.config.suggest import did_you_mean, nearest
from groklab.errors import UserError

_STRICT = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True, protected_namespaces=())


def argument_names(target: type, given_by_code: frozenset[str]) -> list[str]:
    """The arguments of ``target`` that a YAML may set."""
    return [name for name in _arguments(target) if name not in given_by_code]


def check_values(target: type, values: Mapping[str, Any], given_by_code: frozenset[str], *, where: str) -> None:
    """Refuse values that ``target``'s annotations do not allow.

    Raises:
        UserError: A value is missing, of the wrong type or out of its range; one line, first of all faults.
    """
    try:
        _model(target, given_by_code).model_validate_json(json.dumps(dict(values)), strict=True)
    except ValidationError as error:
        fault = _plainest(error)
        key = ".".join([where, *(str(part) for part in fault["loc"][:1])])
        if fault["type"] == "missing" and len(fault["loc"]) == 1:
            raise UserError(f"{key} is missing; {_name(target)} needs it") from None
        raise UserError(f"{key}={fault['input']!r}: it {fault['msg'].removeprefix('Input ')}") from None


def unknown_argument(target: type, name: str, given_by_code: frozenset[str], *, where: str) -> UserError:
    """The refusal of a key that ``target`` does not take."""
    if name in given_by_code:
        return UserError(f"{where}.{name} is set by groklab itself, not by a config; remove it")
    known = [*argument_names(target, given_by_code), "_target_"]
    known += [word for word in ("defaults",) if nearest(name, [word])]  # a YAML of a part may build on another
    return UserError(
        f"{where}.{name} is not an argument of {_name(target)}. "
        f"{did_you_mean(name, known, prefix=where.split(': ')[-1] + '.')}"
    )


def _plainest(error: ValidationError) -> Any:
    """Of the faults that alternatives of a union give, the one about a plain value."""
    faults = error.errors(include_url=False)
    same = [fault for fault in faults if fault["loc"][:1] == faults[0]["loc"][:1]]
    return min(same, key=lambda fault: fault["type"] in ("is_instance_of", "none_required"))


def _name(target: type) -> str:
    return f"{target.__module__}.{target.__qualname__}"


@cache
def _model(target: type, given_by_code: frozenset[str]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: _arguments(target)[name] for name in argument_names(target, given_by_code)}
    return create_model(target.__name__, __config__=_STRICT, **fields)


@cache
def _arguments(target: type) -> dict[str, tuple[Any, Any]]:
    """Annotation and default (``...`` for none) of each argument; ``**rest: Unpack[Rest]`` are the keys of ``Rest``."""
    hints = _hints(inspect.unwrap(inspect.getattr_static(target, "__init__")))
    found: dict[str, tuple[Any, Any]] = {}
    for item in inspect.signature(target).parameters.values():
        annotation = hints.get(item.name, Any)
        if get_origin(annotation) is Unpack:
            (rest,) = get_args(annotation)
            found |= {name: (kind, None) for name, kind in get_type_hints(rest, include_extras=True).items()}
        elif item.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            found[item.name] = (annotation, ... if item.default is inspect.Parameter.empty else item.default)
    return found


def _hints(constructor: Any) -> dict[str, Any]:
    """What the annotations say, but for those that exist for type checkers alone."""
    hints: dict[str, Any] = {}
    for name, annotation in getattr(constructor, "__annotations__", {}).items():
        one = SimpleNamespace(__annotations__={name: annotation})
        with contextlib.suppress(NameError, TypeError):
            hints |= get_type_hints(one, getattr(constructor, "__globals__", {}), include_extras=True)
    return hints
