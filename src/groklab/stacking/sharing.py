"""What fits of one stack have in common, and what may differ."""

from collections.abc import Mapping, Sequence
from typing import Any

from groklab.assembly import class_of
from groklab.config.targets import find_class
from groklab.stacking.optimizer import ELEMENTWISE
from groklab.stacking.trial import CHECKPOINTS
from groklab.tasks.supervised import Supervised
from groklab.training.checkpoint_io import LAST
from groklab.training.fit import Fit
from groklab.training.request import FitRequest

_OWN = ("seed", "scheduler")  # each fit has its own random numbers and its own schedule


def common(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a config that has to be equal in all fits of a stack.

    Left out are the seed, the schedule, numbers among the optimizer's settings, which torch keeps for each group of
    parameters, and what a regularizer calls ``stackable``. The config need not have been checked.

    Raises:
        UserError: A regularizer is of a class that a config may not name.
    """
    found = {key: value for key, value in config.items() if key not in _OWN}
    if isinstance(config.get("optimizer"), Mapping):
        found["optimizer"] = {key: value for key, value in config["optimizer"].items() if not _numbers(value)}
    found["regularizer"] = {
        name: _fixed(node, f"regularizer.{name}") for name, node in (config.get("regularizer") or {}).items()
    }
    return found


def why_alone(request: FitRequest) -> str | None:
    """Why a fit cannot be one of a stack, in the words of its config; None if it can."""
    fit, task = request.fit, request.task
    if type(fit) is not Fit:
        return f"trainer: {type(fit).__name__} trains one network"
    for name in ("compile", "channels_last", "fast_dev_run", "overfit_batches", "detect_anomaly", "profiler"):
        if getattr(fit, name):
            return f"trainer.{name}={getattr(fit, name)} is of one network"
    if not isinstance(task, Supervised):
        return f"task.kind={task.kind}: two networks that play against each other do not stack"
    if request.procedures:
        return f"regularizer: {type(request.procedures[0]).__name__} watches a trainer of its own"
    kinds = {parameter.dtype for parameter in task.network.parameters()}
    if len(kinds) != 1:
        return "architecture: it has parameters of several types of number"
    optimizer = class_of(request.settings["optimizer"])
    if optimizer not in ELEMENTWISE:
        return f"optimizer: {optimizer.__name__} looks at whole matrices"
    if (request.folder / "checkpoints" / LAST).exists() and not (request.folder / CHECKPOINTS / LAST).exists():
        return "it has begun alone"
    return None


def _fixed(node: Any, where: str) -> Any:
    if not isinstance(node, Mapping) or "_target_" not in node:
        return node
    free: Sequence[str] = getattr(find_class(node["_target_"], (object,), where=where), "stackable", ())
    return {key: value for key, value in node.items() if key not in free}


def _numbers(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_numbers(each) for each in value)
    return isinstance(value, int | float) and not isinstance(value, bool)
