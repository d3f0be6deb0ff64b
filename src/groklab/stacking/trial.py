"""One fit of a stack: its records, its schedule, its checkpoint."""

from types import SimpleNamespace
from typing import Any, cast

from torch import Tensor
from torch.optim import Optimizer

from groklab.stacking.optimizer import RowOptimizer
from groklab.tasks.supervised import Supervised
from groklab.training.best import Best
from groklab.training.checkpoint_io import LAST, AtomicCheckpointIO, newest_checkpoint
from groklab.training.fit import Fitted
from groklab.training.request import FitRequest
from groklab.training.run_log import RunLog

CHECKPOINTS = "checkpoints/stacked"  # of no use to a fit that trains alone, and the other way round


class Seat:
    """What a task and its recorders look up of a Lightning trainer."""

    def __init__(self) -> None:
        self.callback_metrics: dict[str, Tensor] = {}
        self.lr_scheduler_configs: list[Any] = []
        self.current_epoch = self.global_step = 0


class Trial:
    """A fit and what is kept of it, while it is one of a stack.

    Args:
        request: The fit.
    """

    def __init__(self, request: FitRequest) -> None:
        fit = request.fit
        fit.check_monitor(request.task)
        assert isinstance(request.task, Supervised)  # whoever stacks has seen to it
        self.request, self.task = request, request.task
        self.task.accumulate_grad_batches = fit.accumulate_grad_batches
        self.task.gradient_clip_val = fit.gradient_clip_val
        self.seat: Any = Seat()
        self.task.trainer = cast(Any, self.seat)  # all that it and its callbacks look up
        self.best = Best(fit.monitor, fit.mode, fit.weights)
        self.log = RunLog(request.folder / "log.jsonl")
        self.trained_s = 0.0
        self.path = request.folder / CHECKPOINTS / LAST

    def schedule(self, optimizer: Optimizer) -> None:
        """Give it its optimizer, and its schedule if it has one."""
        self.task._optimizer = optimizer
        made = self.task.make_scheduler(optimizer) if self.task.make_scheduler else None
        self.seat.lr_scheduler_configs = [SimpleNamespace(scheduler=made)] if made else []

    def begin(self) -> None:
        """Cut the log back to where it goes on; tell the observers."""
        self.log.on_fit_start(self.seat, self.task)
        for observer in self.request.observers:
            observer.on_train_start(self.seat, self.task)

    def end_epoch(self, epoch: int, num_steps: int, seconds: float) -> None:
        """Record an epoch that is validated.

        Raises:
            Pruned: An observer has seen enough.
        """
        self.seat.current_epoch, self.seat.global_step = epoch, num_steps
        self.trained_s += seconds
        self.task.on_train_epoch_end()
        self.log.on_train_epoch_end(self.seat, self.task)
        self.best.on_train_epoch_end(self.seat, self.task)
        for observer in self.request.observers:
            observer.on_train_epoch_end(self.seat, self.task)

    def fitted(self, num_steps: int, num_epochs: int, device: str, stack: dict[str, Any]) -> Fitted:
        """What the fit leaves.

        Raises:
            UserError: The monitored metric was never finite.
        """
        cost = {"num_steps": num_steps, "num_epochs": num_epochs, "duration_s": self.trained_s, "device": device}
        return Fitted.of(self.best, **cost, stack=stack)

    def state(
        self, index: int, optimizer: RowOptimizer, *, backend: str, next_epoch: int, num_steps: int
    ) -> dict[str, Any]:
        """What the fit goes on from, between two epochs; ``index`` is its place in the stack."""
        average = self.task.average
        return {
            "backend": backend,
            "next_epoch": next_epoch,
            "num_steps": num_steps,
            "network": _copied(self.task.network.state_dict()),
            "average": None if average is None else _copied(average.state_dict()),
            "optimizer": _copied(optimizer.state_of(index)),
            "schedules": [config.scheduler.state_dict() for config in self.seat.lr_scheduler_configs],
            "best": self.best.state_dict(),
            "log": self.log.state_dict(),
            "trained_s": self.trained_s,
        }

    def load(self, state: dict[str, Any], index: int, optimizer: RowOptimizer) -> None:
        """Take it up again, in this place of a stack."""
        self.task.network.load_state_dict(state["network"])
        if self.task.average is not None:
            self.task.average.load_state_dict(state["average"])
        optimizer.load(index, _copied(state["optimizer"]))
        for config, schedule in zip(self.seat.lr_scheduler_configs, state["schedules"], strict=True):
            config.scheduler.load_state_dict(schedule)
        self.best.load_state_dict(state["best"])
        self.log.load_state_dict(state["log"])
        self.trained_s = state["trained_s"]
        self.task.num_steps = state["num_steps"]
        self.task.means()
        for metrics in (self.task.train_metrics, self.task.val_metrics):
            metrics.restart()

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        AtomicCheckpointIO().save_checkpoint(state, self.path)


def checkpoint_of(request: FitRequest) -> dict[str, Any] | None:
    """What a fit had reached in a stack; None if it begins.

    Raises:
        UserError: There are checkpoints, and none is whole.
    """
    path = newest_checkpoint(request.folder / CHECKPOINTS)
    return AtomicCheckpointIO().load_checkpoint(path) if path else None


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return value
