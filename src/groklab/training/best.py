"""The weights that a fit keeps: of the best epoch by a named validation metric, or of the last."""

import math
from typing import Any, Literal

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint
from torch import Tensor


class Best(Checkpoint):
    """Keeps the network's weights of the best epoch, and what was measured of them, in memory and in every checkpoint.

    The first of equals wins; a value that is not finite is never best.

    Args:
        monitor: Logged metric, such as ``val/loss``.
        mode: Whether a smaller (``min``) or a larger (``max``) value is better.
        weights: ``last`` keeps each epoch's in turn, and so the last's.
    """

    def __init__(self, monitor: str, mode: Literal["min", "max"], weights: Literal["best", "last"] = "best") -> None:
        self.monitor = monitor
        self.mode = mode
        self.keeps_last = weights == "last"
        self.record: dict[str, Any] = {}
        self.weights: dict[str, Tensor] = {}

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the epoch's weights if they are better, or the last."""
        value = float(trainer.callback_metrics[self.monitor])
        if not math.isfinite(value) or not (self.keeps_last or not self.record or self._better(value)):
            return
        self.record = {
            "monitor": self.monitor,
            "mode": self.mode,
            "value": value,
            "epoch": trainer.current_epoch,
            "step": trainer.global_step,
            "metrics": {name: float(metric) for name, metric in sorted(trainer.callback_metrics.items())},
        }
        network: Any = pl_module.kept_network
        self.weights = {name: weight.detach().cpu().clone() for name, weight in network.state_dict().items()}

    def state_dict(self) -> dict[str, Any]:
        """The record and the weights."""
        return {"record": self.record, "weights": self.weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take both up again."""
        self.record, self.weights = state_dict["record"], state_dict["weights"]

    def _better(self, value: float) -> bool:
        best = self.record["value"]
        return bool(value < best if self.mode == "min" else value > best)
