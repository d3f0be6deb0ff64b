"""What a fit needs of any task."""

import math
import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from groklab.errors import UserError
from groklab.kinds import Kind
from groklab.tasks.metrics import EpochMetrics


class Task(LightningModule):
    """A Lightning module whose call trains on a chunk of batches, one step each, and resumes to the bit.

    The framework's cost per call is shared by many steps. Losses stay on the device and are read once an epoch.

    Args:
        network: What is trained and kept.
        kind: What it is asked.
        seed: Seed of what is random in a step: f(seed, step).
    """

    def __init__(self, network: nn.Module, *, kind: Kind, seed: int) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.network, self.kind, self.seed = network, kind, seed
        self.val_metrics = EpochMetrics({})
        self.accumulate_grad_batches, self.gradient_clip_val = 1, 0.0
        self.num_steps = 0
        self._sums: dict[str, Tensor] = {}
        self._num_seen = 0

    @property
    def kept_network(self) -> nn.Module:
        """The network that is validated and kept."""
        return self.network

    @property
    def networks(self) -> list[nn.Module]:
        """What is trained: the network, and others that take part."""
        return [self.network]

    @property
    def monitors(self) -> list[str]:
        """What validation logs, any of which may choose the best epoch."""
        return ["val/loss", *(f"val/{name}" for name in self.val_metrics)]

    @abstractmethod
    def tensor(self, y: Tensor) -> Tensor:
        """Stored targets as the loss takes them."""

    def example(self, x: Tensor) -> Tensor:
        """What the network is given, as an example of a file; ``x`` are examples of the data."""
        return x

    @abstractmethod
    def reading(self) -> nn.Module:
        """What turns the network's outputs into predictions in the data's units."""

    @abstractmethod
    def learning_rate(self) -> float:
        """The rate that is shown and blamed."""

    def forward(self, x: Tensor) -> Tensor:
        """Predictions for standardized inputs."""
        predictions: Tensor = self.reading()(self.kept_network(x))
        return predictions

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """What a resume needs beyond weights and optimizers: the step and the sums of the running epoch."""
        checkpoint["task"] = {"num_steps": self.num_steps, "num_seen": self._num_seen, "sums": self._sums}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take up the step and the sums again."""
        state = checkpoint["task"]
        self.num_steps, self._num_seen = state["num_steps"], state["num_seen"]
        self._sums = {name: value.to(self.device) for name, value in state["sums"].items()}

    def count_steps(self, number: int) -> None:
        """Move the one axis of steps on, Lightning's count included."""
        self.num_steps += number
        progress = self.trainer.fit_loop.epoch_loop.manual_optimization.optim_step_progress
        progress.total.ready = progress.total.completed = self.num_steps

    def descend(
        self, costs: Mapping[str, Tensor], optimizer: Optimizer, network: nn.Module, step: int, *, named: str
    ) -> None:
        """One step of ``optimizer``, which the config calls ``named``, down the sum of ``costs``.

        Raises:
            UserError: The sum is not finite; on a GPU that is told by the epoch's sums.
        """
        optimizer.zero_grad()
        total = torch.stack(list(costs.values())).sum()
        total.backward()
        if total.device.type == "cpu" and not math.isfinite(value := total.item()):
            self.not_finite(value, step, named=named, rate=float(optimizer.param_groups[0]["lr"]))
        if self.gradient_clip_val:
            torch.nn.utils.clip_grad_norm_(network.parameters(), self.gradient_clip_val)
        optimizer.step()

    def gather(self, names: Sequence[str], rows: Float[Tensor, "steps terms"]) -> None:
        """Add the costs of a chunk's steps, one row a step, to the epoch's sums.

        Raises:
            UserError: The first of them is not finite.
        """
        sums = rows.sum(0)
        if not math.isfinite(float(sums[0])):
            self.not_finite(float(sums[0]), self.num_steps)
        for name, value in zip(names, sums, strict=True):
            self._sums[name] = self._sums.get(name, torch.zeros_like(value)) + value
        self._num_seen += len(rows)

    def means(self) -> dict[str, Tensor]:
        """The epoch's mean costs by name; then start anew."""
        means = {name: value / self._num_seen for name, value in self._sums.items()}
        self._sums, self._num_seen = {}, 0
        return means

    def publish(self, values: dict[str, Tensor]) -> None:
        """What ``self.log_dict`` would do for values that are final, at a twentieth of its cost."""
        self.trainer.callback_metrics.update(values)

    def step_schedules(self) -> None:
        """Move every learning-rate schedule on by an epoch."""
        for config in self.trainer.lr_scheduler_configs:
            if isinstance(config.scheduler, ReduceLROnPlateau):
                config.scheduler.step(float(self.trainer.callback_metrics["val/loss"]))
            else:
                with warnings.catch_warnings():  # of an optimizer whose turn has not come yet
                    warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step")
                    config.scheduler.step()  # type: ignore[call-arg] # every schedule here is one of epochs

    def not_finite(self, value: float, step: int, *, named: str = "optimizer", rate: float | None = None) -> None:
        """Stop: what follows a loss that is not a number is nonsense.

        Args:
            value: The loss.
            step: Where.
            named: The optimizer that is to blame, as the config calls it.
            rate: Its learning rate.

        Raises:
            UserError: Always.
        """
        rate = self.learning_rate() if rate is None else rate
        raise UserError(
            f"{named}.lr: the loss became {value} at step {step} with lr={rate:g}; "
            f"nothing after the last finite step is kept. Try {named}.lr={rate / 10:g}"
        )
