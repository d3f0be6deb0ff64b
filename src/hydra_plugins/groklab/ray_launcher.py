"""``hydra/launcher=ray``: jobs on the nodes of a Ray cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hydra.core.config_store import ConfigStore
from hydra.core.utils import JobReturn
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig

if TYPE_CHECKING:
    from groklab.launching.pool import Follow, Started
    from groklab.launching.ray_cluster import Cluster
    from groklab.launching.ray_pool import RayPool


@dataclass
class RayLauncherConf:
    """Keys of ``hydra.launcher``.

    Args:
        address: ``auto`` for the cluster of this machine, ``ray://HOST:PORT`` from elsewhere; null starts one here.
        num_cpus: Cores of a job; 0.5 lets two share one.
        num_gpus: GPUs of a job, likewise.
        folder: Where nodes work, with variables of theirs as in ``$SCRATCH/groklab``; default: the coordinator's
            working folder where a node has the same, else one in the node's folder of temporary files.
    """

    _target_: str = "hydra_plugins.groklab.ray_launcher.RayLauncher"
    _recursive_: bool = False  # nothing in it is made before it was checked
    address: str | None = None
    num_cpus: float = 1
    num_gpus: float = 0
    folder: str | None = None


ConfigStore.instance().store(group="hydra/launcher", name="ray", node=RayLauncherConf, provider="groklab")


class RayLauncher(Launcher):
    """Every job in a process of its own on a node that has room; data and configs travel there, runs come back."""

    def __init__(self, address: str | None, num_cpus: float, num_gpus: float, folder: str | None) -> None:
        self.address, self.num_cpus, self.num_gpus, self.folder = address, num_cpus, num_gpus, folder

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """What every job needs."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    @property
    def num_slots(self) -> int:
        """How many jobs the cluster has room for."""
        cluster = self._cluster()
        try:
            return int(cluster.num_slots)
        finally:
            cluster.leave()

    def pool(self, *, follow: "Follow", started: "Started") -> "RayPool":
        """The cluster's room; for a sweeper that gives jobs out one by one."""
        from pathlib import Path

        from hydra.core.singleton import Singleton

        from groklab.launching.job import Program

        cluster = self._cluster()
        from groklab.launching.ray_pool import RayPool, place_here  # it needs Ray, which was looked for first

        place = place_here(Path(str(self.config.hydra.sweep.dir)), node_folder=self.folder)
        program = Program(self.hydra_context, self.task_function, Singleton.get_state())
        return RayPool(cluster, place, program, follow=follow, started=started)

    def _cluster(self) -> "Cluster":
        from groklab.errors import UserError

        try:
            from groklab.launching.ray_cluster import Cluster
        except ModuleNotFoundError as error:
            raise UserError("hydra/launcher=ray: Ray is not installed; pip install 'groklab[ray]'") from error
        return Cluster(self.address, num_cpus=self.num_cpus, num_gpus=self.num_gpus)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """All jobs, in their order; for sweepers that are not groklab's."""
        from groklab.launching.batch import launch_all

        return launch_all(self, job_overrides, initial_job_idx)
