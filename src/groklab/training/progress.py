"""How far a fit is: a bar on a terminal, plain lines in a log."""

import logging
import time

from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import Callback
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINE_EVERY_S = 10.0
_log = logging.getLogger(__name__)


def progress() -> Callback:
    """What suits the standard error stream."""
    console = Console(stderr=True)
    return ProgressBar(console) if console.is_terminal else ProgressLines()


class ProgressBar(Callback):
    """A Rich bar over epochs with the newest losses."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[metrics]}"),
        )
        self.bar = Progress(*columns, console=console, transient=True, refresh_per_second=4)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the bar, from the epoch a resumed fit is in."""
        self.bar.start()
        self.task = self.bar.add_task("fit", total=trainer.max_epochs, completed=trainer.current_epoch, metrics="")

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Move on by an epoch."""
        self.bar.update(self.task, completed=trainer.current_epoch + 1, metrics=_metrics(trainer))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Give the terminal back."""
        self.bar.stop()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Give the terminal back before the message is printed."""
        self.bar.stop()


class ProgressLines(Callback):
    """A line every ten seconds and one for the last epoch."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start the clock."""
        self._last = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write a line if it is time."""
        epoch, of = trainer.current_epoch + 1, trainer.max_epochs
        if time.monotonic() - self._last >= _LINE_EVERY_S or epoch == of or trainer.should_stop:
            self._last = time.monotonic()
            _log.info("epoch %d of %s: %s", epoch, of, _metrics(trainer))


def _metrics(trainer: Trainer) -> str:
    shown = {name: float(value) for name, value in trainer.callback_metrics.items() if "/" in name}
    return "  ".join(f"{name} {value:.4g}" for name, value in sorted(shown.items()))
