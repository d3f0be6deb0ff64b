"""``hydra/sweeper=atlas``: a metric over all combinations of some factors, with intervals."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


@dataclass
class AtlasSweeperConf:
    """Keys of ``hydra.sweeper``, which an ``atlas=NAME`` sets; :class:`groklab.claims.atlas.Atlas` explains them.

    Args:
        statement: What is shown, a sentence.
        factors: Values of up to three keys.
        metric: What is measured.
        seeds: Of each combination.
    """

    _target_: str = "hydra_plugins.groklab.atlas_sweeper.AtlasSweeper"
    _recursive_: bool = False  # nothing in it is made before it was checked
    statement: str = ""
    factors: dict[str, Any] = field(default_factory=dict)
    metric: str = ""
    seeds: int = 5


ConfigStore.instance().store(group="hydra/sweeper", name="atlas", node=AtlasSweeperConf, provider="groklab")


class AtlasSweeper(Sweeper):
    """Jobs of an atlas."""

    def __init__(self, **keys: Any) -> None:
        self.keys = keys

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.program = (hydra_context, task_function, config)

    def sweep(self, arguments: list[str]) -> None:
        """Measure."""
        from groklab.claims.atlas import run_atlas

        run_atlas(*self.program, arguments, **self.keys)
