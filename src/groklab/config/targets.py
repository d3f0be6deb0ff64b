"""Which classes a config may name."""

import importlib
import inspect
import os
from typing import Any

from groklab.errors import UserError

_PACKAGES = (
    "groklab",
    "torch.nn",
    "torch.optim",
    "sklearn",
    "torchmetrics",
    "pytorch_lightning.callbacks",
)


def allowed_packages() -> tuple[str, ...]:
    """The packages a ``_target_`` may come from; ``GROKLAB_ALLOW`` in the environment adds the user's own."""
    own = os.environ.get("GROKLAB_ALLOW", "").replace(",", " ").split()
    return (*_PACKAGES, *own)


def find_class(target: Any, bases: tuple[type, ...], *, where: str, also: tuple[str, ...] = ()) -> type:
    """The class that ``target`` names, once it is known to be one that this place may hold.

    The name is checked before anything is imported, and the object that was found is checked again: what counts is
    where it is defined, so an alias within an allowed package to something outside of it is refused.

    Args:
        target: Dotted name, as in ``_target_``.
        bases: Classes one of which it must derive from.
        where: File and key, for the message.
        also: Packages that this place alone may name.

    Raises:
        UserError: The name is outside of the allowed packages, does not exist, or is no class of such a kind.
    """
    kinds = " or ".join(base.__name__ for base in bases)
    if not isinstance(target, str) or not all(part.isidentifier() for part in target.split(".")):
        raise UserError(f"{where}._target_: {target!r} is no dotted name of a class; name a {kinds}")
    packages = (*allowed_packages(), *also)
    if not _within(target, packages):
        raise UserError(
            f"{where}._target_: {target} is outside of the packages a config may name "
            f"({', '.join(packages)}); GROKLAB_ALLOW=package in the environment admits a package of yours"
        )
    found = _import(target, where)
    defined = f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"
    if not inspect.isclass(found) or not _within(defined, packages) or not issubclass(found, bases):
        raise UserError(f"{where}._target_: {target} is no {kinds}; name a class that derives from it")
    if inspect.isabstract(found):
        raise UserError(f"{where}._target_: {target} is abstract; name a class that derives from it")
    return found


def _within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name.startswith(package + ".") for package in packages)


def _import(target: str, where: str) -> Any:
    """The object behind a dotted name, importing no module outside of the allowed packages."""
    parts = target.split(".")
    for split in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:split])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name and (module == error.name or module.startswith(error.name + ".")):
                continue
            raise UserError(f"{where}._target_: {target} needs {error.name}, which is not installed") from error
        try:
            for name in parts[split:]:
                found = getattr(found, name)
        except AttributeError:
            break
        return found
    raise UserError(f"{where}._target_: there is no {target}; check its spelling")
