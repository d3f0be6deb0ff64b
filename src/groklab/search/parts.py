"""Samplers and pruners from a config, each a class of Optuna's and nothing else."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.pruners import BasePruner
from optuna.samplers import (
    BaseSampler,
    BruteForceSampler,
    GridSampler,
    PartialFixedSampler,
    QMCSampler,
    RandomSampler,
)

from groklab.config.schema import argument_names, check_values, unknown_argument
from groklab.config.targets import find_class
from groklab.errors import UserError
from groklab.seeds import derive


class Samplers:
    """Makes the sampler of each trial anew: what it proposes depends on the seed, the trial's turn and the trials
    before it, and not on how often the search was interrupted.

    Args:
        node: ``_target_`` and arguments.
        space: What is searched; a grid needs it.
        seed: Where the node gives none.

    Raises:
        UserError: The node names no sampler, or an argument is wrong.
    """

    def __init__(self, node: Any, space: Mapping[str, BaseDistribution], *, seed: int) -> None:
        self._class, self._arguments = _checked(node, BaseSampler, "hydra.sweeper.sampler", frozenset({"search_space"}))
        self._grid: list[dict[str, Any]] = []
        if self._class is GridSampler:
            values = [points(key, item) for key, item in space.items()]
            self._grid = [dict(zip(space, point, strict=True)) for point in product(*values)]
        self._seeded = "seed" in argument_names(self._class, frozenset())
        given = self._arguments.pop("seed", None)
        self._seed = seed if given is None else given

    @property
    def num_points(self) -> int | None:
        """How many points there are; None for a sampler that never runs out."""
        return len(self._grid) or None

    @property
    def learns(self) -> bool:
        """Whether a proposal is better for what the trials before it came to."""
        return not self._grid and self._class not in (RandomSampler, QMCSampler, BruteForceSampler)

    def sampler(self, turn: int) -> BaseSampler:
        """The sampler of the trial whose turn it is."""
        if self._grid:  # in order; Optuna's own knows no trial that is tried again, and stops only optimize()
            return PartialFixedSampler(self._grid[turn % len(self._grid)], RandomSampler())
        one_sequence = self._class is QMCSampler  # the study says how far it is
        seed = self._seed if one_sequence else derive(self._seed, "sampler", turn) % 2**32
        made: BaseSampler = self._class(**self._arguments, **({"seed": seed} if self._seeded else {}))
        return made


def build_pruner(node: Any) -> BasePruner:
    """The pruner of a config.

    Raises:
        UserError: The node names none, or an argument is wrong.
    """
    target, arguments = _checked(node, BasePruner, "hydra.sweeper.pruner", frozenset())
    made: BasePruner = target(**arguments)
    return made


def points(key: str, item: BaseDistribution) -> list[Any]:
    """Every value of a distribution.

    Raises:
        UserError: There is no end of them.
    """
    if isinstance(item, CategoricalDistribution):
        return list(item.choices)
    if isinstance(item, IntDistribution) and not item.log:
        return list(range(item.low, item.high + 1, item.step))
    if isinstance(item, FloatDistribution) and item.step:
        return [item.low + index * item.step for index in range(round((item.high - item.low) / item.step) + 1)]
    raise UserError(f"hydra.sweeper.params.{key}: a grid needs single values; give a choice or a range, no interval")


def _checked(node: Any, base: type, where: str, given: frozenset[str]) -> tuple[Any, dict[str, Any]]:
    if not isinstance(node, Mapping) or "_target_" not in node:
        raise UserError(f"{where}: is no part; choose one with {where.replace('.', '/')}=NAME")
    target = find_class(node["_target_"], (base,), where=where, also=("optuna.samplers", "optuna.pruners"))
    arguments = {str(key): value for key, value in node.items() if key != "_target_"}
    for key in arguments:
        if key not in argument_names(target, given):
            raise unknown_argument(target, key, given, where=where)
    check_values(target, arguments, given, where=where)
    return target, arguments
