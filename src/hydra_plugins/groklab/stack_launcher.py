"""``hydra/launcher=stack``: jobs on the devices of this machine, many networks trained as one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hydra.core.config_store import ConfigStore

from hydra_plugins.groklab.local_launcher import LocalLauncher, LocalLauncherConf

if TYPE_CHECKING:
    from groklab.launching.pool import Follow, Pool, Started

_LEARNING = 8  # trials of a slot; more at once know too little of each other


@dataclass
class StackLauncherConf(LocalLauncherConf):
    """Keys of ``hydra.launcher``: those of ``local``, for processes instead of jobs, and two more.

    Args:
        widest: Most jobs in a process, and most networks in a stack.
        backend: ``vmap``, ``compiled`` or ``loop``; null has a probe choose, also to train one by one.
    """

    _target_: str = "hydra_plugins.groklab.stack_launcher.StackLauncher"
    widest: int = 64
    backend: str | None = None


ConfigStore.instance().store(group="hydra/launcher", name="stack", node=StackLauncherConf, provider="groklab")


class StackLauncher(LocalLauncher):
    """Jobs that differ only in numbers that a stack can hold share a process and its computation."""

    def __init__(self, slots: int | None, per_gpu: int, widest: int, backend: str | None) -> None:
        super().__init__(slots, per_gpu)
        self.widest, self.backend = widest, backend

    @property
    def narrow(self) -> int:
        """Jobs at once of a search whose proposals learn from one another."""
        return self.num_slots * min(self.widest, _LEARNING)

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
        return StackPool(
            slots(self.slots, per_gpu=self.per_gpu),
            Program(self.hydra_context, self.task_function, Singleton.get_state()),
            widest=self.widest,
            backend=backend_of(self.backend),
            follow=follow,
            started=started,
        )
