"""``hydra/launcher=local``: jobs on the devices of this machine."""

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


@dataclass
class LocalLauncherConf:
    """Keys of ``hydra.launcher``.

    Args:
        slots: Jobs at once; default: ``per_gpu`` on each GPU there is, else one a core.
        per_gpu: Jobs that share a GPU.
    """

    _target_: str = "hydra_plugins.groklab.local_launcher.LocalLauncher"
    _recursive_: bool = False  # nothing in it is made before it was checked
    slots: int | None = None
    per_gpu: int = 1


ConfigStore.instance().store(group="hydra/launcher", name="local", node=LocalLauncherConf, provider="groklab")


class LocalLauncher(Launcher):
    """Every job in its own process, pinned to a slot; a free slot is refilled at once."""

    def __init__(self, slots: int | None, per_gpu: int) -> None:
        self.slots, self.per_gpu = slots, per_gpu

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    @property
    def num_slots(self) -> int:
        """Jobs at once."""
        from groklab.launching.devices import slots

        return len(slots(self.slots, per_gpu=self.per_gpu))

    def pool(self, *, follow: "Follow", started: "Started") -> "Pool":
        """The slots, warm; for a sweeper that gives jobs out one by one."""
        from hydra.core.singleton import Singleton

        from groklab.launching.devices import slots
        from groklab.launching.job import Program
        from groklab.launching.pool import Pool

        program = Program(self.hydra_context, self.task_function, Singleton.get_state())
        return Pool(slots(self.slots, per_gpu=self.per_gpu), program, follow=follow, started=started)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """All jobs, in their order; for sweepers that are not groklab's."""
        from groklab.launching.batch import launch_all

        return launch_all(self, job_overrides, initial_job_idx)
