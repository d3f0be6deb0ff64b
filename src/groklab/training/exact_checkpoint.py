"""Checkpoints from which a run goes on bit for bit."""

import time
from pathlib import Path
from typing import Any

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Checkpoint

from groklab.training.interrupts import Interrupted, Interrupts


class ExactCheckpoint(Checkpoint):
    """Saves every ``every_s`` seconds between two calls, at the end of the fit, and when asked to stop.

    Lightning's own checkpoints lack the random state and the place in the epoch; here the order of examples and
    every step's randomness are functions of the seed, and the feed has a state, so nothing else is needed.

    Args:
        path: Where the newest checkpoint lies.
        every_s: Seconds between two checkpoints; 0 saves after every call.
        interrupts: Where a request to stop arrives.
    """

    def __init__(self, path: Path, *, every_s: float, interrupts: Interrupts) -> None:
        self.path = path
        self.every_s = every_s
        self.interrupts = interrupts
        self.stopped_early = False
        self.trained_s = 0.0
        self._started = self._saved = time.monotonic()

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the signals after Lightning took them; a fit that had stopped early does not go on."""
        self._started = self._saved = time.monotonic()
        self.interrupts.install()
        self.interrupts.deferring = True
        trainer.should_stop = trainer.should_stop or self.stopped_early

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Save between two calls; the epoch's last one is saved with the epoch."""
        if not trainer.is_last_batch:
            self._save_if_due(trainer)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save between two epochs, and always at the last."""
        self.stopped_early = trainer.should_stop
        self._save_if_due(trainer, last=trainer.should_stop or trainer.current_epoch + 1 == trainer.max_epochs)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """From here on a request to stop needs no checkpoint."""
        self.interrupts.deferring = False
        self.trained_s += time.monotonic() - self._started

    def state_dict(self) -> dict[str, Any]:
        """Seconds trained so far and whether the fit is over before its last epoch."""
        trained_s = self.trained_s + time.monotonic() - self._started
        return {"trained_s": trained_s, "stopped_early": self.stopped_early}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up where the checkpoint was."""
        self.trained_s, self.stopped_early = state_dict["trained_s"], state_dict["stopped_early"]

    def due(self, *, at_once: bool) -> bool:
        """Whether to save now."""
        return at_once or time.monotonic() - self._saved >= self.every_s

    def _save_if_due(self, trainer: Trainer, *, last: bool = False) -> None:
        asked = self.interrupts.pending
        if self.due(at_once=last or asked is not None):
            trainer.save_checkpoint(self.path)
            self._saved = time.monotonic()
        if asked is not None:
            self.interrupts.deferring = False
            raise Interrupted(asked)
