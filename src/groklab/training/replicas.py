"""The same network on each device: gradients, sums and metrics are those of the whole batch."""

from typing import Any, cast

import torch
import torch.distributed as dist
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor, nn
from torchmetrics import Metric

from groklab.seeds import derive
from groklab.tasks.metrics import EpochMetrics
from groklab.tasks.supervised import Supervised
from groklab.training.ranks import Group


class Average:
    """Averages a network's gradients over the group as each backward pass ends, in one message.

    In a second pass, before the gradients were emptied, they are again the mean: that of what is the same everywhere
    and of what was added.

    Args:
        network: Whose gradients.
        group: Whose mean.
    """

    def __init__(self, network: nn.Module, group: Group) -> None:
        self._parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self._group = group
        self._under_way = False
        for parameter in self._parameters:
            parameter.register_post_accumulate_grad_hook(self._begin)

    def _begin(self, parameter: Tensor) -> None:
        if not self._under_way:
            self._under_way = True
            torch.autograd.Variable._execution_engine.queue_callback(self._end)  # type: ignore[attr-defined]

    def _end(self) -> None:
        self._under_way = False
        average([parameter.grad for parameter in self._parameters if parameter.grad is not None], self._group)


@torch.no_grad()
def average(tensors: list[Tensor], group: Group) -> None:
    """Give each tensor the mean of the group's."""
    for dtype in {tensor.dtype for tensor in tensors}:
        alike = [tensor for tensor in tensors if tensor.dtype == dtype]
        flat = torch.cat([tensor.flatten() for tensor in alike])
        dist.all_reduce(flat)
        flat /= group.size
        for tensor, mean in zip(alike, flat.split([tensor.numel() for tensor in alike]), strict=True):
            tensor.copy_(mean.view_as(tensor))


class Gathered(EpochMetrics):
    """Metrics of the rows of all devices, the same on each."""

    def update_all(self, outputs: Tensor, target: Tensor) -> None:
        """Take in some rows of each device."""
        super().update_all(_gathered(outputs), _gathered(target))


def _gathered(rows: Tensor) -> Tensor:
    parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, rows.contiguous())
    return torch.cat(parts)


def replicate(task: Supervised) -> None:
    """Have ``task`` measure the rows of all devices."""
    for metrics in (task.train_metrics, task.val_metrics):
        for metric in metrics.values():
            metric.sync_on_compute = False  # type: ignore[assignment] # each device has all rows
    task.train_metrics = Gathered(cast(dict[str, Metric], dict(task.train_metrics.items())))


class Replica(Callback):
    """Keeps what is logged and what is decided by it the same on each device.

    Args:
        group: Of the devices.
    """

    def __init__(self, group: Group) -> None:
        self.group = group

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give each device random numbers of its own, once the order of examples has its seed."""
        task = cast(Supervised, pl_module)
        if self.group.rank:
            task.seed = derive(task.seed, "rank", self.group.rank)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Make the epoch's sums those of all devices, before a checkpoint takes them."""
        average(list(cast(Supervised, pl_module)._sums.values()), self.group)

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Validate with the first device's batch statistics."""
        for buffer in cast(Supervised, pl_module).kept_network.buffers():
            dist.broadcast(buffer, 0)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Let the first device's numbers decide."""
        found = trainer.callback_metrics
        values = torch.tensor([float(found[name]) for name in sorted(found)], dtype=torch.float64)
        values = values.to(pl_module.device)
        dist.broadcast(values, 0)
        found.update(zip(sorted(found), values, strict=True))
