"""Depth by one name: what an architecture itself calls blocks or layers."""

import importlib

from groklab.config.schema import argument_names
from groklab.errors import UserError
from groklab.launching.checking import settings_of
from groklab.launching.composing import Composer
from groklab.launching.job import Request
from groklab.search.space import Space

DEPTH = "architecture.depth"


def with_own_depth(space: Space, composer: Composer) -> Space:
    """``space`` with ``architecture.depth`` as the architecture has it, which says so by ``depth_argument``.

    Raises:
        UserError: The architecture has no depth; or the config is wrong.
    """
    if DEPTH not in space.distributions:
        return space
    varied = [word for word in space.overrides(space.corner) if not word.lstrip("+").startswith(DEPTH)]
    target = settings_of(composer, Request(0, (*space.fixed, *varied), ()))["architecture"]["_target_"]
    module, _, name = target.rpartition(".")
    architecture = getattr(importlib.import_module(module), name)
    if "depth" in argument_names(architecture, frozenset()):
        return space
    own = getattr(architecture, "depth_argument", None)
    if own is None:
        raise UserError(f"{DEPTH}: {target} has no depth to search; choose another search= or architecture=")
    return space.renamed(DEPTH, f"architecture.{own}")
