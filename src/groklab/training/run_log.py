"""The run's own log: one line an epoch, whatever else is up or down."""

import json
import math
import os
import time
from pathlib import Path
from typing import Any

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint

from groklab.files import writing


class RunLog(Checkpoint):
    """Appends ``{"step", "epoch", "time_ms", "metrics"}`` to ``log.jsonl`` at the end of each epoch.

    A resumed run cuts the log back to what its checkpoint knew of and writes the same lines again. It counts as a
    checkpoint callback because Lightning calls those once the epoch's metrics are known.

    Args:
        path: The log file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._num_bytes = 0

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Drop what was logged after the checkpoint."""
        with writing(self.path):
            self.path.touch()
            os.truncate(self.path, self._num_bytes)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the epoch's line."""
        values = {name: float(value) for name, value in trainer.callback_metrics.items()}
        line = {
            "step": trainer.global_step,
            "epoch": trainer.current_epoch,
            "time_ms": round(time.time() * 1000),
            "metrics": {name: value for name, value in sorted(values.items()) if math.isfinite(value)},
        }
        text = json.dumps(line) + "\n"
        with writing(self.path, num_bytes=len(text)), open(self.path, "a") as file:
            file.write(text)
        self._num_bytes = self.path.stat().st_size

    def state_dict(self) -> dict[str, Any]:
        """Length of the log, in bytes."""
        return {"num_bytes": self._num_bytes}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up the length the checkpoint knew of."""
        self._num_bytes = state_dict["num_bytes"]
