"""Supervised learning: classification and regression."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import torch
from jaxtyping import Float, Shaped
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torchmetrics import Metric
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.regression import MeanAbsoluteError, MeanSquaredError, R2Score

from groklab.data.feed import Chunk
from groklab.data.scaling import Inverse, Standardize
from groklab.errors import UserError
from groklab.seeds import derive
from groklab.tasks.losses import Kind, Probabilities, check_loss


class Supervised(LightningModule):
    """Fits a network to targets by gradient descent on ``loss + penalties``.

    A call trains on a chunk of batches, one step each, so that the framework's cost per call is shared by many
    steps. Losses and metrics stay on the device and are read once an epoch.

    Args:
        network: Maps a batch of standardized inputs to logits (classification) or standardized targets (regression).
        loss: Compares outputs and targets.
        kind: ``classification`` or ``regression``.
        num_outputs: Classes or targets.
        penalties: Terms of the loss that depend on the weights alone, logged as ``penalty/<name>``.
        optimizer: Makes the optimizer from the parameters.
        scheduler: Makes the learning-rate schedule from the optimizer; one step an epoch.
        target_scale: Standardization of the targets (regression), so that metrics are in the data's units.
        seed: Seed of what is random in a step: dropout = f(seed, step).

    Raises:
        UserError: The loss does not fit ``kind``; shapes do not match; the loss is not finite.
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
        target_scale: Standardize | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        check_loss(loss, kind)
        self.automatic_optimization = False
        self.network, self.loss, self.kind, self.seed = network, loss, kind, seed
        self.penalties = nn.ModuleDict(penalties or {})
        self.make_optimizer, self.make_scheduler = optimizer, scheduler
        self.target_scale = target_scale or Standardize([0.0], [1.0])
        self.train_metrics = _metrics(kind, num_outputs)
        self.val_metrics = _metrics(kind, num_outputs)
        self.num_steps = 0
        self._sums: dict[str, Tensor] = {}
        self._num_seen = 0

    def configure_optimizers(self) -> Any:
        """The optimizer and its schedule, which Lightning keeps in its checkpoints."""
        self._optimizer = self.make_optimizer(self.network.parameters())
        if self.make_scheduler is None:
            return self._optimizer
        return [self._optimizer], [self.make_scheduler(self._optimizer)]

    def costs(
        self, outputs: Float[Tensor, "batch outputs"], target: Shaped[Tensor, "batch *target"]
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
            self._check_shapes(chunk)
        network, optimizer, device = self.network, self._optimizer, chunk.x.device
        outputs, rows = [], []
        for step, (x, y) in enumerate(zip(chunk.x, chunk.y, strict=True), start=self.num_steps):
            seed_step(self.seed, step, device)
            output = network(x)
            costs = self.costs(output, y)
            total = torch.stack(list(costs.values())).sum() if len(costs) > 1 else costs["loss"]
            optimizer.zero_grad()
            total.backward()
            # Reading a number waits for a GPU, so there the chunk's sum is checked instead.
            if device.type == "cpu" and not math.isfinite(value := total.item()):
                self._not_finite(value, step)
            optimizer.step()
            outputs.append(output.detach())
            rows.append(torch.stack([cost.detach() for cost in costs.values()]))
        self.num_steps += len(rows)
        self._gather(list(costs), rows)
        self.train_metrics.update_all(*self._in_units(torch.cat(outputs), chunk.y.flatten(0, 1)))
        progress = self.trainer.fit_loop.epoch_loop.manual_optimization.optim_step_progress
        progress.total.ready = progress.total.completed = self.num_steps

    def validation_step(self, chunk: Chunk, batch_idx: int) -> None:
        """Loss and metrics of a batch."""
        output, target = self.network(chunk.x[0]), chunk.y[0]
        self._val_loss += self.loss(output, target) * len(target)
        self._val_seen += len(target)
        self.val_metrics.update_all(*self._in_units(output, target))

    def on_validation_epoch_start(self) -> None:
        """Start the sums anew."""
        self._val_loss, self._val_seen = torch.zeros((), device=self.device), 0

    def on_validation_epoch_end(self) -> None:
        """Log the validation part's loss and metrics."""
        self._publish({"val/loss": self._val_loss / self._val_seen, **self.val_metrics.read("val")})

    def on_train_epoch_end(self) -> None:
        """Log the training part's loss, metrics and learning rate, then step the schedule."""
        rate = self._optimizer.param_groups[0]["lr"]
        names = {name: "train/loss" if name == "loss" else name for name in self._sums}
        self._publish(
            {
                **{names[name]: value / self._num_seen for name, value in self._sums.items()},
                **self.train_metrics.read("train"),
                "lr": torch.tensor(float(rate), dtype=torch.float64),
            }
        )
        self._sums, self._num_seen = {}, 0
        for config in self.trainer.lr_scheduler_configs:
            config.scheduler.step()  # type: ignore[call-arg] # every schedule here is one of epochs

    def reading(self) -> nn.Module:
        """What turns the network's outputs into predictions: class probabilities, or targets in the data's units."""
        return Probabilities(self.loss) if self.kind == "classification" else Inverse(self.target_scale)

    def forward(self, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch outputs"]:
        """Predictions for standardized inputs."""
        predictions: Tensor = self.reading()(self.network(x))
        return predictions

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """What a resume needs beyond weights and optimizer: the step and the sums of the running epoch."""
        checkpoint["supervised"] = {
            "num_steps": self.num_steps,
            "num_seen": self._num_seen,
            "sums": self._sums,
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take up the step and the sums again."""
        state = checkpoint["supervised"]
        self.num_steps, self._num_seen = state["num_steps"], state["num_seen"]
        self._sums = {name: value.to(self.device) for name, value in state["sums"].items()}

    def _publish(self, values: dict[str, Tensor]) -> None:
        # What `self.log_dict` would do for values that are final, at a twentieth of its cost.
        self.trainer.callback_metrics.update(values)

    def _gather(self, names: list[str], rows: list[Tensor]) -> None:
        sums = torch.stack(rows).sum(0)
        if not math.isfinite(float(sums[0])):
            self._not_finite(float(sums[0]), self.num_steps)
        for name, value in zip(names, sums, strict=True):
            self._sums[name] = self._sums.get(name, torch.zeros_like(value)) + value
        self._num_seen += len(rows)

    def _not_finite(self, value: float, step: int) -> None:
        rate = self._optimizer.param_groups[0]["lr"]
        raise UserError(
            f"optimizer.lr: the loss became {value} at step {step} with lr={rate:g}; "
            f"nothing after the last finite step is kept. Try optimizer.lr={rate / 10:g}"
        )

    def _check_shapes(self, chunk: Chunk) -> None:
        """(N, 1) against (N,) would broadcast to (N, N) and train on nonsense."""
        was_training = self.network.training
        self.network.eval()
        with torch.no_grad():
            output, target = self.network(chunk.x[0]), chunk.y[0]
        self.network.train(was_training)
        fits = output.ndim == 2 and (
            target.shape == output.shape[:1] if self.kind == "classification" else target.shape == output.shape
        )
        if not fits:
            raise UserError(
                f"task.kind: a {self.kind} network gave outputs of shape {list(output.shape)} for targets of shape "
                f"{list(target.shape)}; set architecture.num_outputs to the number of classes or targets"
            )

    def _in_units(self, outputs: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        if self.kind == "classification":
            return outputs.float(), target
        return self.target_scale.invert(outputs.float()), self.target_scale.invert(target.float())


def seed_step(seed: int, step: int, device: torch.device) -> None:
    """Make whatever is random in a step a function of ``seed`` and ``step`` alone."""
    stream = derive(seed, "step", step)
    torch.default_generator.manual_seed(stream)
    if device.type == "cuda":
        torch.cuda.manual_seed(stream)


class _Metrics(nn.ModuleDict):
    """The metrics of one part of the data."""

    def update_all(self, outputs: Tensor, target: Tensor) -> None:
        for metric in self.values():
            cast(Metric, metric).update(outputs, target)

    def read(self, part: str) -> dict[str, Tensor]:
        """The values by name; then start anew."""
        values = {f"{part}/{name}": cast(Metric, metric).compute().mean() for name, metric in self.items()}
        for metric in self.values():
            cast(Metric, metric).reset()
        return values


def _metrics(kind: Kind, num_outputs: int) -> _Metrics:
    metrics: dict[str, Metric]
    if kind == "classification":
        metrics = {"accuracy": MulticlassAccuracy(num_outputs, average="micro", validate_args=False)}
    else:
        metrics = {
            "rmse": MeanSquaredError(squared=False, num_outputs=num_outputs),
            "mae": MeanAbsoluteError(num_outputs=num_outputs),
            "r2": R2Score(multioutput="uniform_average"),
        }
    for metric in metrics.values():
        metric.persistent(True)
    return _Metrics(metrics)
