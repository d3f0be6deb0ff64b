"""``hydra/sweeper=claim``: arms tuned alike, compared on fresh seeds, with a verdict."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


@dataclass
class ClaimSweeperConf:
    """Keys of ``hydra.sweeper``, which a ``claim=NAME`` sets; :class:`groklab.claims.definition.Claim` explains them.

    Args:
        statement: The assertion, a sentence.
        section: Of the primer.
        arms: What is compared, by name.
        outcomes: What is measured and expected.
        tune: Values to try in every arm.
        tune_seeds: Seeds of each combination.
        chosen_by: The metric that chooses among them.
        seeds: Fresh seeds of the comparison.
        pair: Keys that take the seed's value too.
        equal: In what arms must not differ.
    """

    _target_: str = "hydra_plugins.groklab.claim_sweeper.ClaimSweeper"
    _recursive_: bool = False  # nothing in it is made before it was checked
    statement: str = ""
    section: str = ""
    arms: dict[str, Any] = field(default_factory=dict)
    outcomes: list[Any] = field(default_factory=list)
    tune: dict[str, Any] = field(default_factory=dict)
    tune_seeds: int = 2
    chosen_by: str | None = None
    seeds: int = 12
    pair: list[str] = field(default_factory=list)
    equal: list[str] = field(default_factory=lambda: ["data", "trainer", "loss", "cost/num_steps"])


ConfigStore.instance().store(group="hydra/sweeper", name="claim", node=ClaimSweeperConf, provider="groklab")


class ClaimSweeper(Sweeper):
    """Jobs of a claim."""

    def __init__(self, **keys: Any) -> None:
        self.keys = keys

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.program = (hydra_context, task_function, config)

    def sweep(self, arguments: list[str]) -> None:
        """Decide."""
        from groklab.claims.run import run_claim

        run_claim(*self.program, arguments, **self.keys)
