"""Fits that are asked for, and those who answer each by itself."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pytorch_lightning import Callback
from torch import Tensor

from groklab.tasks.task import Task
from groklab.training.fit import Fit, Fitted
from groklab.training.interrupts import Interrupts

Result = TypeVar("Result")


@dataclass(frozen=True)
class FitRequest:
    """A fit that is ready to begin, alone or as one of a stack.

    Args:
        fit: How.
        task: What is trained.
        parts: Reads the standardized training and validation parts.
        settings: The run's config.
        folder: The run's folder.
        interrupts: Where requests to stop arrive.
        procedures: Regularizers that are Lightning callbacks.
        observers: Callbacks that see each epoch once it is logged and saved.
    """

    fit: Fit
    task: Task
    parts: Callable[[], tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]]
    settings: Mapping[str, Any]
    folder: Path
    interrupts: Interrupts
    procedures: Sequence[Callback] = ()
    observers: Sequence[Callback] = ()

    def alone(self) -> Fitted:
        """Fit it by itself.

        Raises:
            As :meth:`Fit.fit`.
        """
        return self.fit.fit(
            self.task,
            *self.parts(),
            folder=self.folder,
            procedures=self.procedures,
            observers=self.observers,
            interrupts=self.interrupts,
        )


def alone(steps: Generator[FitRequest, Fitted, Result]) -> Result:
    """Drive ``steps`` to their end, every fit by itself.

    Raises:
        As the steps and :meth:`FitRequest.alone`.
    """
    try:
        request = next(steps)
        while True:
            try:
                fitted = request.alone()
            except BaseException as error:
                request = steps.throw(error)
            else:
                request = steps.send(fitted)
    except StopIteration as end:
        result: Result = end.value
        return result
