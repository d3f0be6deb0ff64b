"""One network in parts, one on each device: parameters, gradients and optimizer states are a share of the whole."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
import torch.distributed as dist
from pytorch_lightning import LightningModule, Trainer
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.optim import Optimizer

from groklab.errors import UserError
from groklab.tasks.supervised import Supervised
from groklab.training.exact_checkpoint import ExactCheckpoint
from groklab.training.ranks import Group
from groklab.training.replicas import Replica


def shard(task: Supervised, group: Group, device: torch.device) -> None:
    """Give this process its share of ``task``'s network; its state is read and written whole, on all at once.

    Raises:
        UserError: Something in the fit needs whole weights between steps.
    """
    if task.penalties or task.constraints or task.average is not None:
        raise UserError(
            "trainer: penalties, constraints and averages need whole weights, which are in parts on several devices; "
            "remove them from regularizer=[...], or give trainer=ddp"
        )
    fully_shard(task.network.to(device), mesh=init_device_mesh(device.type, (group.size,)))
    for module in task.network.modules():
        module.register_state_dict_post_hook(_whole_state)
        module.register_load_state_dict_pre_hook(_share_of_state)


def _whole_state(module: nn.Module, state: dict[str, Any], prefix: str, metadata: dict[str, Any]) -> None:
    for name, _ in module.named_parameters(recurse=False):
        state[prefix + name] = _whole(state[prefix + name])


def _share_of_state(module: nn.Module, state: dict[str, Any], prefix: str, *others: Any) -> None:
    for name, parameter in module.named_parameters(recurse=False):
        if prefix + name in state:
            state[prefix + name] = _share(state[prefix + name], parameter)


def _whole(tensor: Tensor) -> Tensor:
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def _share(whole: Tensor, like: Tensor) -> Tensor:
    if not isinstance(like, DTensor) or isinstance(whole, DTensor) or whole.shape != like.shape:
        return whole
    return distribute_tensor(whole.to(like.device), like.device_mesh, like.placements)


class Shards(Replica):
    """As of replicas; and the optimizer's state is read and written whole."""

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """As of replicas, once the optimizer is there and before a checkpoint is read."""
        super().on_fit_start(trainer, pl_module)
        for optimizer in trainer.optimizers:
            optimizer.register_state_dict_post_hook(_whole_optimizer)
            optimizer.register_load_state_dict_pre_hook(_share_of_optimizer)


def _whole_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> dict[str, Any]:
    return {**state, "state": {index: _each(own, _whole) for index, own in state["state"].items()}}


def _share_of_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> dict[str, Any]:
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    shares = {index: _each(own, partial(_share, like=parameters[index])) for index, own in state["state"].items()}
    return {**state, "state": shares}


def _each(own: dict[str, Any], do: Callable[[Tensor], Tensor]) -> dict[str, Any]:
    """The same of every tensor; ``own`` is the optimizer's, and stays as it is."""
    return {name: do(value) if isinstance(value, Tensor) else value for name, value in own.items()}


class CommonCheckpoint(ExactCheckpoint):
    """Saves when the first process does, since the state is put together from all."""

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Know where to ask."""
        self._device = pl_module.device

    def due(self, *, at_once: bool) -> bool:
        """What the first process says."""
        told = torch.tensor(float(super().due(at_once=at_once)), device=self._device)
        dist.broadcast(told, 0)
        return bool(told)
