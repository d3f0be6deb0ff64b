"""``hydra/launcher=stack``: jobs on the devices of this machine, many networks trained as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

if TYPE_CHECKING:
    from groklab.launching.pool import Follow, Pool, Started

_LEARNING = 8  # trials of a slot; more at once know too little of each other


@dataclass
class StackLauncherConf:
    """Keys of ``hydra.launcher``.

    Args:
        slots: Processes at once; default: ``per_gpu`` on each GPU there is, else one a core.
        per_gpu: Processes that share a GPU.
        widest: Most jobs in a process, and most networks in a stack.
        backend: ``vmap``, ``compiled`` or ``loop``; null has a probe choose, also to train one by one.
    """

    _target_: str = "hydra_plugins.groklab.stack_launcher.StackLauncher"
    _recursive_: bool = False  # nothing in it is made before it was checked
    slots: int | None = None
    per_gpu: int = 1
    widest: int = 64
    backend: str | None = None


ConfigStore.instance().store(group="hydra/launcher", name="stack", node=StackLauncherConf, provider="groklab")


class StackLauncher(Launcher):
    """Jobs that differ only in numbers that a stack can hold share a process and its computation."""

    def __init__(self, slots: int | None, per_gpu: int, widest: int, backend: str | None) -> None:
        self.slots, self.per_gpu, self.widest, self.backend = slots, per_gpu, widest, backend

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    @property
    def num_slots(self) -> int:
        """Jobs at once."""
        from groklab.launching.devices import slots

        return len(slots(self.slots, per_gpu=self.per_gpu)) * self.widest

    @property
    def narrow(self) -> int:
        """Jobs at once of a search whose proposals learn from one another."""
        from groklab.launching.devices import slots

        return len(slots(self.slots, per_gpu=self.per_gpu)) * min(self.widest, _LEARNING)

    def pool(self, *, follow: "Follow", started: "Started") -> "Pool":
        """The slots, warm; for a sweeper that gives jobs out one by one."""
        from hydra.core.singleton import Singleton

        from groklab.errors import UserError
        from groklab.launching.devices import slots
        from groklab.launching.job import Program
        from groklab.launching.stack_pool import StackPool, backend_of

        if self.widest < 1:
            raise UserError(f"hydra.launcher.widest={self.widest}: should be at least 1")
        if not hasattr(self.task_function, "steps"):
            raise UserError(
                "hydra/launcher=stack: this program does not say how its fits are asked for (groklab.app.stackable); "
                "give hydra/launcher=local"
            )
        program = Program(self.hydra_context, self.task_function, Singleton.get_state())
        return StackPool(
            slots(self.slots, per_gpu=self.per_gpu),
            program,
            widest=self.widest,
            backend=backend_of(self.backend),
            follow=follow,
            started=started,
        )

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """All jobs, in their order; for sweepers that are not groklab's."""
        from groklab.launching.batch import launch_all

        return launch_all(self, job_overrides, initial_job_idx)
