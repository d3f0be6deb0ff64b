"""``hydra/sweeper=optuna``: a search, with the keys of hydra-optuna-sweeper and more."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


@dataclass
class OptunaSweeperConf:
    """Keys of ``hydra.sweeper``.

    Args:
        sampler: Of ``optuna.samplers``; ``hydra/sweeper/sampler=NAME``.
        pruner: Of ``optuna.pruners``; ``hydra/sweeper/pruner=NAME``.
        direction: ``minimize`` or ``maximize``, one for each objective; default: as ``trainer.mode`` has it.
        objective: Measured value or values; default: ``trainer.monitor``.
        storage: Optuna's URL; default: a journal in the search's folder.
        study_name: Default: made from the config, the data, the code and the space.
        n_trials: How many there are in the end, whatever was interrupted.
        n_jobs: Trials at once; default: one a slot.
        max_failure_rate: Share of failed trials above which the search ends with an error.
        confirm: Fresh seeds on which the winner is trained once more.
        params: The space; a ``search=NAME`` sets it.
    """

    _target_: str = "hydra_plugins.groklab.optuna_sweeper.OptunaSweeper"
    _recursive_: bool = False  # nothing in it is made before it was checked
    defaults: list[Any] = field(default_factory=lambda: ["_self_", {"sampler": "tpe"}, {"pruner": "none"}])
    sampler: Any = None
    pruner: Any = None
    direction: Any = None
    objective: Any = None
    storage: str | None = None
    study_name: str | None = None
    n_trials: int = 20
    n_jobs: int | None = None
    max_failure_rate: float = 1.0
    confirm: int = 3
    params: dict[str, Any] = field(default_factory=dict)


_SAMPLERS: dict[str, dict[str, Any]] = {
    "tpe": {"_target_": "optuna.samplers.TPESampler", "seed": None, "n_startup_trials": 10, "multivariate": False},
    "gp": {"_target_": "optuna.samplers.GPSampler", "seed": None},
    "cmaes": {"_target_": "optuna.samplers.CmaEsSampler", "seed": None},
    "nsgaii": {"_target_": "optuna.samplers.NSGAIISampler", "seed": None, "population_size": 50},
    "qmc": {"_target_": "optuna.samplers.QMCSampler", "seed": None},
    "random": {"_target_": "optuna.samplers.RandomSampler", "seed": None},
    "grid": {"_target_": "optuna.samplers.GridSampler", "seed": None},
}
_PRUNERS: dict[str, dict[str, Any]] = {
    "none": {"_target_": "optuna.pruners.NopPruner"},
    "median": {"_target_": "optuna.pruners.MedianPruner", "n_startup_trials": 5, "n_warmup_steps": 0},
    "percentile": {"_target_": "optuna.pruners.PercentilePruner", "percentile": 25.0},
    "successive_halving": {"_target_": "optuna.pruners.SuccessiveHalvingPruner"},
    "hyperband": {"_target_": "optuna.pruners.HyperbandPruner"},
    "wilcoxon": {"_target_": "optuna.pruners.WilcoxonPruner", "p_threshold": 0.1},
}
_store = ConfigStore.instance()
_store.store(group="hydra/sweeper", name="optuna", node=OptunaSweeperConf, provider="groklab")
for _group, _options in (("sampler", _SAMPLERS), ("pruner", _PRUNERS)):
    for _name, _node in _options.items():
        _store.store(group=f"hydra/sweeper/{_group}", name=_name, node=_node, provider="groklab")


class OptunaSweeper(Sweeper):
    """Trials that Optuna proposes, each a job."""

    def __init__(self, **keys: Any) -> None:
        self.keys = keys

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.program = (hydra_context, task_function, config)

    def sweep(self, arguments: list[str]) -> Any:
        """Search."""
        from groklab.search.run import run_search

        return run_search(*self.program, arguments, **self.keys)
