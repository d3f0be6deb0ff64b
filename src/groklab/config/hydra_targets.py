"""What Hydra itself may make of a config: its callbacks, launchers and sweepers come from files too."""

from typing import Any

from groklab.config.targets import allowed_packages
from groklab.errors import UserError

_HYDRAS = ("hydra._internal.core_plugins", "hydra.experimental.callbacks", "hydra_plugins")


def guard() -> None:
    """From here on Hydra makes objects of its plugins and of the packages a config may name, and of nothing else.

    Hydra makes ``hydra.callbacks`` and whatever lies within a launcher or a sweeper before the program's function is
    called, and so before the config is checked; the one place where it looks a target up is in its private module.
    """
    from hydra._internal.instantiate import _instantiate2

    look_up = _instantiate2._resolve_target
    if getattr(look_up, "guarded", False):
        return

    def check(name: str) -> None:
        packages = (*_HYDRAS, *allowed_packages())
        if not any(name.startswith(f"{package}.") for package in packages):
            raise UserError(
                f"hydra: {name} is outside of the packages a config may name ({', '.join(packages)}); remove it, or "
                "admit a package of yours by GROKLAB_ALLOW=package in the environment"
            )

    def checked(target: Any, full_key: str) -> Any:
        check(target if isinstance(target, str) else _defined(target))
        found = look_up(target, full_key)
        check(_defined(found))  # the name may be an alias to something outside
        return found

    checked.guarded = True  # type: ignore[attr-defined]
    _instantiate2._resolve_target = checked


def _defined(found: Any) -> str:
    return f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"
