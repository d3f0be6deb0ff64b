"""A Ray cluster: joined or started, and what it has room for."""

import os
from collections.abc import Callable
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from groklab.errors import UserError
from groklab.launching.ray_desk import Desk

_CALLS = 100_000  # each job has a few that wait


class Cluster:
    """The cluster at ``address``, for jobs that each take a share of a node.

    Args:
        address: ``auto`` for the one of this machine, ``ray://HOST:PORT`` from elsewhere; None starts one here.
        num_cpus: Of a job; a fraction lets jobs share a core.
        num_gpus: Of a job, likewise.

    Raises:
        UserError: There is no cluster, or none of its nodes has room for a job.
    """

    def __init__(self, address: str | None, *, num_cpus: float, num_gpus: float) -> None:
        if min(num_cpus, num_gpus) < 0 or num_cpus == num_gpus == 0:
            raise UserError(
                f"hydra.launcher.num_cpus={num_cpus:g}, num_gpus={num_gpus:g}: neither may be below 0, and one of "
                "them must be above: it bounds the jobs at once"
            )
        self._needs = {"CPU": num_cpus, "GPU": num_gpus}
        self._ours = not ray.is_initialized()
        if self._ours:
            _join(address)
        self._run = ray.remote(num_cpus=num_cpus, num_gpus=num_gpus, max_retries=0, max_calls=0)
        if not self._room():
            found = {name: ray.cluster_resources().get(name, 0) for name in self._needs}
            self.leave()
            raise UserError(
                f"hydra.launcher.num_cpus={num_cpus:g}, num_gpus={num_gpus:g}: no node of the cluster has so many "
                f"(it has {found['CPU']:g} CPUs and {found['GPU']:g} GPUs in all); ask for less"
            )

    @property
    def num_slots(self) -> int:
        """Jobs that there is room for, at least one: nodes that are lost may come back."""
        return max(1, self._room())

    def _room(self) -> int:
        return sum(self._room_on(node["Resources"]) for node in ray.nodes() if node["Alive"])

    def _room_on(self, resources: dict[str, float]) -> int:
        asked = {name: number for name, number in self._needs.items() if number}
        return min(int(resources.get(name, 0) / number + 1e-6) for name, number in asked.items())

    def desk(self) -> Any:
        """A desk on the node where this process is, or by which it reaches the cluster."""
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        actor: Any = ray.remote(Desk)
        return actor.options(num_cpus=0, scheduling_strategy=here, max_concurrency=_CALLS).remote()

    def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A task on whichever node has room."""
        return self._run(function).remote(*arguments)

    def leave(self) -> None:
        """Leave the cluster, if it was joined here; one that was started here ends."""
        if self._ours:
            ray.shutdown()


def _join(address: str | None) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    more: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        ray.init(address=address or "local", **quiet, **more)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(
            f"hydra.launcher.address={address}: there is no Ray cluster ({said}); start one with ray start --head, or "
            "give hydra.launcher.address=null for one on this machine"
        ) from error
