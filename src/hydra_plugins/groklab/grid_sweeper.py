"""``hydra/sweeper=grid``: every combination of the values, as Hydra's basic sweeper has it."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


@dataclass
class GridSweeperConf:
    """Keys of ``hydra.sweeper``.

    Args:
        params: Values to combine, as on the command line.
    """

    _target_: str = "hydra_plugins.groklab.grid_sweeper.GridSweeper"
    _recursive_: bool = False  # nothing in it is made before it was checked
    params: dict[str, Any] = field(default_factory=dict)


ConfigStore.instance().store(group="hydra/sweeper", name="grid", node=GridSweeperConf, provider="groklab")


class GridSweeper(Sweeper):
    """Jobs for all combinations, at most as many at once as there are slots."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.program = (hydra_context, task_function, config)

    def sweep(self, arguments: list[str]) -> Any:
        """Run them."""
        from groklab.launching.grid import run_grid

        words = [*(f"{key}={value}" for key, value in self.params.items()), *arguments]
        return run_grid(*self.program, words)
