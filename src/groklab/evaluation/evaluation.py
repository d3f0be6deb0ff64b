"""What every way of scoring predictions offers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.kinds import Kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Row = dict[str, Any]
_ONE_NAME_AN_OUTPUT = ("classification", "regression", "language")


class Evaluation(ABC):
    """Predictions -> metrics, pictures and the rows of plots; the same for a network and for a baseline."""

    kind: ClassVar[Kind]

    def score(self, predictions: Predictions, *, names: Sequence[str] | None = None) -> dict[str, float | None]:
        """Every metric of the kind; None where ``undefined`` gives the reason.

        Args:
            predictions: What is scored.
            names: Of the classes, targets or symbols, for metrics that depend on them.

        Raises:
            UserError: The predictions are of another kind.
        """
        undefined = self.undefined(predictions)
        return {
            name: None if name in undefined else float(measure(predictions))
            for name, measure in self._measures().items()
        }

    def undefined(self, predictions: Predictions, *, names: Sequence[str] | None = None) -> dict[str, str]:
        """Metric -> why it has no value on these targets.

        Args:
            predictions: What is scored.
            names: Of the classes or targets, for the reasons; their numbers if None.

        Raises:
            UserError: The predictions are of another kind.
        """
        if predictions.kind != self.kind:
            raise UserError(
                f"predictions ({predictions.split}): they are for {predictions.kind}, the evaluation is for "
                f"{self.kind}; choose evaluation={predictions.kind}"
            )
        known = default_names(predictions, names) if predictions.kind in _ONE_NAME_AN_OUTPUT else list(names or ())
        return self._undefined(predictions, known)

    @abstractmethod
    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """Pictures by name; ``names`` are those of the classes or targets."""

    @abstractmethod
    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """Rows of DVC plots by name; ``names`` are those of the classes or targets."""

    @abstractmethod
    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        """Metrics by name, in the order they are shown."""

    @abstractmethod
    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        """The reasons, for predictions of the right kind."""


def default_names(predictions: Predictions, names: Sequence[str] | None) -> list[str]:
    """``names``, or numbers from 0 (``target`` for a single value).

    Raises:
        UserError: There are more or fewer names than outputs.
    """
    count = predictions.num_outputs
    if names is None:
        return ["target"] if count == 1 else [str(number) for number in range(count)]
    if len(names) != count:
        raise UserError(
            f"predictions ({predictions.split}): {count} outputs, {len(names)} names; prepare the data again"
        )
    return list(names)
