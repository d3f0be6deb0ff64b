"""A trial's values on the way, and its end when the search has seen enough."""

import json
from pathlib import Path

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint

from groklab.coordinator import Coordinator, Pruned


class Pruning(Checkpoint):
    """Reports the monitored metric after each epoch; what was logged before a resume is reported again first.

    Args:
        coordinator: Whom to tell.
        monitor: Logged metric.
        log_file: The run's ``log.jsonl``.

    Raises:
        Pruned: The search stops the trial.
    """

    def __init__(self, coordinator: Coordinator, monitor: str, log_file: Path) -> None:
        self.coordinator, self.monitor, self.log_file = coordinator, monitor, log_file

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report what a run that goes on had reached."""
        for line in self.log_file.read_text().splitlines():
            row = json.loads(line)
            if self.monitor in row["metrics"]:
                self._report(row["epoch"], row["metrics"][self.monitor])

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Report the epoch's value."""
        self._report(trainer.current_epoch, float(trainer.callback_metrics[self.monitor]))

    def _report(self, epoch: int, value: float) -> None:
        if self.coordinator.report(epoch, value):
            raise Pruned(epoch)
