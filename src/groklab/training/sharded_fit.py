"""One fit whose network is in parts, one on each device of a machine."""

from pathlib import Path

import torch

from groklab.tasks.supervised import Supervised
from groklab.training.exact_checkpoint import ExactCheckpoint
from groklab.training.interrupts import Interrupts
from groklab.training.parallel_fit import ParallelFit
from groklab.training.ranks import Group
from groklab.training.replicas import Replica, replicate
from groklab.training.shards import CommonCheckpoint, Shards, shard


class ShardedFit(ParallelFit):
    """Fully sharded data-parallel training (FSDP): a network that is too large for one device.

    Each device keeps its part of the parameters, of their gradients and of what the optimizer remembers, and puts the
    whole together while it computes. Batches, metrics and steps are those of :class:`ParallelFit`; checkpoints and
    weights are written whole, and can be read on any number of devices.

    Raises:
        UserError: A regularizer needs whole weights between steps.

    Source: Zhao et al. (2023), VLDB 16(12); Rajbhandari et al. (2020), SC20, stage 3.
    """

    def _join(self, task: Supervised, group: Group) -> Replica:
        """Make ``task`` one of a group."""
        replicate(task)
        shard(task, group, torch.device("cuda", group.rank) if self._gpus else torch.device("cpu"))
        return Shards(group)

    def _exact(self, path: Path, interrupts: Interrupts) -> ExactCheckpoint:
        return CommonCheckpoint(path, every_s=self.checkpoint_every_s, interrupts=interrupts)
