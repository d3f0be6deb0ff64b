"""Supervised learning: a network fitted to targets."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from groklab.data.feed import Chunk
from groklab.data.scaling import Standardize
from groklab.errors import UserError
from groklab.kinds import Kind
from groklab.tasks.metrics import EpochMetrics
from groklab.tasks.step_seed import seed_step
from groklab.tasks.targets import targets_of
from groklab.tasks.task import Task


class Supervised(Task):
    """Fits a network to targets by gradient descent on ``loss + penalties``.

    Args:
        network: Maps a batch of standardized inputs to what the loss compares with the targets: logits, standardized
            targets, boxes with their logits, larger images.
        loss: Compares outputs and targets.
        kind: What is predicted; it says how targets are compared and outputs are read.
        num_outputs: Classes, targets, tokens or symbols.
        penalties: Terms of the loss that depend on the weights alone, logged as ``penalty/<name>``.
        optimizer: Makes the optimizer from the parameters.
        scheduler: Makes the learning-rate schedule from the optimizer; one step an epoch.
        augmentations: Change the inputs in training, each in its turn.
        mixture: Changes inputs and targets of a training batch together.
        constraints: Change the weights after each step; called with the network and the learning rate.
        average: Makes a running average of the network, which is then what is validated and kept.
        target_scale: Standardization of the targets (regression), so that metrics are in the data's units.
        seed: Seed of what is random in a step: dropout = f(seed, step).

    Raises:
        UserError: Shapes do not match; the loss is not finite.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: nn.Module,
        *,
        kind: Kind,
        num_outputs: int,
        penalties: Mapping[str, nn.Module] | None = None,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer] = torch.optim.Adam,
        scheduler: Callable[[Optimizer], LRScheduler] | None = None,
        augmentations: Sequence[nn.Module] = (),
        mixture: nn.Module | None = None,
        constraints: Sequence[nn.Module] = (),
        average: Callable[[nn.Module], nn.Module] | None = None,
        target_scale: Standardize | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(network, kind=kind, seed=seed)
        self.loss = loss
        self.penalties = nn.ModuleDict(penalties or {})
        self.make_optimizer, self.make_scheduler = optimizer, scheduler
        self.augmentations, self.mixture = nn.ModuleList(augmentations), mixture
        self.constraints = nn.ModuleList(constraints)
        self.average = average(network) if average else None
        self.target_scale = target_scale or Standardize([0.0], [1.0])
        self.targets = targets_of(kind, self.target_scale)
        self.train_metrics = EpochMetrics(self.targets.metrics(num_outputs))
        self.val_metrics = EpochMetrics(self.targets.metrics(num_outputs))

    def configure_optimizers(self) -> Any:
        """The optimizer and its schedule, which Lightning keeps in its checkpoints."""
        self._optimizer = self.make_optimizer(self.network.parameters())
        if self.make_scheduler is None:
            return self._optimizer
        return [self._optimizer], [self.make_scheduler(self._optimizer)]

    @property
    def kept_network(self) -> nn.Module:
        """The network that is validated and kept: the one that is trained, or its running average."""
        return self.network if self.average is None else cast(nn.Module, self.average.module)

    def costs(
        self, outputs: Float[Tensor, "batch *outputs"], target: Shaped[Tensor, "batch *target"]
    ) -> dict[str, Float[Tensor, ""]]:
        """The terms whose sum is minimized."""
        fit = self.loss(outputs, target)
        return {
            "loss": fit,
            **{f"penalty/{name}": penalty(self.network) for name, penalty in self.penalties.items()},
        }

    def training_step(self, chunk: Chunk, batch_idx: int) -> None:
        """One optimizer step for each batch of the chunk."""
        if batch_idx == 0:
            self.check_shapes(chunk)
        network, optimizer, device, parts = self.network, self._optimizer, chunk.x.device, self.accumulate_grad_batches
        outputs, answers, rows = [], [], []
        for step, batch in enumerate(zip(chunk.x, chunk.y, strict=True), start=self.num_steps):
            seed_step(self.seed, step, device)
            optimizer.zero_grad()
            for x, y in [batch] if parts == 1 else zip(*(whole.chunk(parts) for whole in batch), strict=True):
                x, y, right = self.alter(x, y)
                if self.mixture is not None:
                    answers.append(right)
                output = network(x)
                costs = self.costs(output, y)
                total = torch.stack(list(costs.values())).sum() if len(costs) > 1 else costs["loss"]
                (total if parts == 1 else total / parts).backward()
                # Reading a number waits for a GPU, so there the chunk's sum is checked instead.
                if device.type == "cpu" and not math.isfinite(value := total.item()):
                    self.not_finite(value, step)
                outputs.append(self.targets.kept(output.detach()))
                rows.append(torch.stack([cost.detach() for cost in costs.values()]))
            self._update(optimizer)
        self.count_steps(len(chunk.x))
        right = torch.cat(answers) if answers else chunk.y.flatten(0, 1)
        self.watch_training(torch.stack(rows), torch.cat(outputs), right)

    def alter(
        self, x: Shaped[Tensor, "batch *shape"], y: Shaped[Tensor, "batch *target"]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs and targets as this step trains on them, and the targets that the metrics compare with."""
        for augment in self.augmentations:
            x = augment(x)
        right = y
        if self.mixture is not None:
            x, y = self.mixture(x, y)
            # Of classes that are mixed to probabilities the metrics know nothing.
            right = y if (y.shape, y.dtype) == (right.shape, right.dtype) else right
        return x, y, right

    @property
    def cost_names(self) -> list[str]:
        """Of the terms whose sum is minimized, in their order."""
        return ["loss", *(f"penalty/{name}" for name in self.penalties)]

    def watch_training(
        self, costs: Float[Tensor, "steps terms"], kept: Shaped[Tensor, "rows *kept"], target: Shaped[Tensor, "rows *t"]
    ) -> None:
        """Take in the steps of a chunk: their costs, and what the metrics compare.

        Raises:
            UserError: A cost is not finite.
        """
        self.gather(self.cost_names, costs)
        self._measure(self.train_metrics, kept, target)

    def watch_validation(
        self, loss: Float[Tensor, ""], kept: Shaped[Tensor, "rows *kept"], target: Shaped[Tensor, "rows *t"]
    ) -> None:
        """Take in a batch of the validation part: its mean loss, and what the metrics compare."""
        self._val_loss += loss * len(target)
        self._val_seen += len(target)
        self._measure(self.val_metrics, kept, target)

    def _measure(self, metrics: EpochMetrics, kept: Tensor, target: Tensor) -> None:
        if metrics:
            metrics.update_all(self.targets.rows(kept), self.targets.rows(target))

    def _update(self, optimizer: Optimizer) -> None:
        """Clip, step, and what follows a step."""
        if self.gradient_clip_val:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.gradient_clip_val)
        optimizer.step()
        self.after_step(optimizer)

    def after_step(self, optimizer: Optimizer) -> None:
        """Hold the weights to their constraints, and average them."""
        for constraint in self.constraints:
            constraint(self.network, optimizer.param_groups[0]["lr"])
        if self.average is not None:
            cast(Any, self.average).update_parameters(self.network)

    def validation_step(self, chunk: Chunk, batch_idx: int) -> None:
        """Loss and metrics of a batch."""
        output, target = self.kept_network(chunk.x[0]), chunk.y[0]
        self.watch_validation(self.loss(output, target), self.targets.kept(output), target)

    def on_validation_epoch_start(self) -> None:
        """Start the sums anew."""
        self._val_loss, self._val_seen = torch.zeros((), device=self.device), 0

    def on_validation_epoch_end(self) -> None:
        """Log the validation part's loss and metrics."""
        self.publish({"val/loss": self._val_loss / self._val_seen, **self.val_metrics.read("val")})

    def on_train_epoch_end(self) -> None:
        """Log the training part's loss, metrics and learning rate, then step the schedule."""
        means = {"train/loss" if name == "loss" else name: value for name, value in self.means().items()}
        rate = torch.tensor(self.learning_rate(), dtype=torch.float64)
        self.publish({**means, **self.train_metrics.read("train"), "lr": rate})
        self.step_schedules()

    def learning_rate(self) -> float:
        """Of the first group of parameters."""
        return float(self._optimizer.param_groups[0]["lr"])

    def tensor(self, y: Tensor) -> Tensor:
        """Stored targets as the loss takes them."""
        return self.targets.tensor(y)

    def reading(self) -> nn.Module:
        """What turns the network's outputs into predictions: probabilities, or targets in the data's units."""
        return self.targets.reading(self.loss)

    def check_shapes(self, chunk: Chunk) -> None:
        """See that outputs and targets belong together: (N, 1) against (N,) would broadcast and train on nonsense.

        Raises:
            UserError: They do not.
        """
        was_training = self.network.training
        self.network.eval()
        with torch.no_grad():
            output, target = self.network(chunk.x[0]), chunk.y[0]
        self.network.train(was_training)
        if not self.targets.fit(output.shape, target.shape):
            raise UserError(
                f"task.kind: a {self.kind} network gave outputs of shape {list(output.shape)} for targets of shape "
                f"{list(target.shape)}; set architecture.num_outputs to the number of classes or targets, or choose "
                "an architecture for this task"
            )
