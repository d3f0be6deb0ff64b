"""What the kinds of target differ in: shapes, metrics, and how a network's outputs are read."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torchmetrics import Metric
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.regression import MeanAbsoluteError, MeanSquaredError, R2Score

from groklab.data.scaling import Inverse, Standardize
from groklab.kinds import Kind
from groklab.tasks.losses import Probabilities

Shape = torch.Size


class Targets(ABC):
    """One kind of target."""

    def tensor(self, y: Tensor) -> Tensor:
        """Stored targets as the loss takes them."""
        return y.long()

    @abstractmethod
    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """Metrics of an epoch by name; without any, only the loss is watched."""

    @abstractmethod
    def fit(self, output: Shape, target: Shape) -> bool:
        """Whether the shapes belong together; others might broadcast and train on nonsense."""

    @abstractmethod
    def kept(self, output: Tensor) -> Tensor:
        """What the metrics need of a batch's outputs."""

    @abstractmethod
    def rows(self, tensor: Tensor) -> Tensor:
        """Outputs or targets of several batches as the rows that the metrics compare."""

    @abstractmethod
    def reading(self, loss: nn.Module) -> nn.Module:
        """What turns outputs into predictions."""


class Classes(Targets):
    """One class an example: outputs [batch, classes] are logits, targets [batch] are class numbers."""

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """``accuracy``."""
        return {"accuracy": MulticlassAccuracy(num_outputs, average="micro", validate_args=False)}

    def fit(self, output: Shape, target: Shape) -> bool:
        """[n, classes] and [n]."""
        return len(output) == 2 and target == output[:1]

    def kept(self, output: Shaped[Tensor, "batch *classes"]) -> Shaped[Tensor, "batch *target"]:
        """The most probable class."""
        return output.argmax(-1)

    def rows(self, tensor: Tensor) -> Tensor:
        """As they are."""
        return tensor

    def reading(self, loss: nn.Module) -> nn.Module:
        """Probabilities."""
        return Probabilities(loss)


class NextTokens(Classes):
    """The token after each one of a text: outputs [batch, length, tokens], targets [batch, length], 0 for none."""

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """``accuracy`` over tokens."""
        return {"accuracy": MulticlassAccuracy(num_outputs, average="micro", ignore_index=0, validate_args=False)}

    def fit(self, output: Shape, target: Shape) -> bool:
        """[n, length, tokens] and [n, length]."""
        return len(output) == 3 and target == output[:2]

    def rows(self, tensor: Tensor) -> Tensor:
        """One row a token."""
        return tensor.flatten()

    def reading(self, loss: nn.Module) -> nn.Module:
        """Log-probabilities, in nats."""
        return nn.LogSoftmax(dim=-1)


class Values(Targets):
    """Numbers: outputs and targets [batch, outputs], standardized.

    Args:
        scale: Standardization of the targets, so that metrics are in the data's units.
    """

    def __init__(self, scale: Standardize) -> None:
        self.scale = scale

    def tensor(self, y: Tensor) -> Tensor:
        """Standardized."""
        standardized: Tensor = self.scale(y)
        return standardized

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """``rmse``, ``mae``, ``r2``."""
        return {
            "rmse": MeanSquaredError(squared=False, num_outputs=num_outputs),
            "mae": MeanAbsoluteError(num_outputs=num_outputs),
            "r2": R2Score(multioutput="uniform_average"),
        }

    def fit(self, output: Shape, target: Shape) -> bool:
        """Both [n, outputs]."""
        return len(output) == 2 and target == output

    def kept(self, output: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch outputs"]:
        """All of it."""
        return output

    def rows(self, tensor: Float[Tensor, "batch outputs"]) -> Float[Tensor, "batch outputs"]:
        """In the data's units."""
        return self.scale.invert(tensor.float())

    def reading(self, loss: nn.Module) -> nn.Module:
        """Numbers in the data's units."""
        return Inverse(self.scale)


def targets_of(kind: Kind, scale: Standardize) -> Targets:
    """The kind of target by its name; ``scale`` is of targets that have units."""
    kinds: Mapping[str, Callable[[], Targets]] = {
        "classification": Classes,
        "language": NextTokens,
        "regression": lambda: Values(scale),
        "transcription": _transcripts,
        "super_resolution": lambda: _pixels(scale),
        "detection": _boxes,
    }
    return kinds[kind]()


def _transcripts() -> Targets:
    from groklab.tasks.transcripts import Transcripts  # likewise

    return Transcripts()


def _pixels(scale: Standardize) -> Targets:
    from groklab.tasks.pixels import Pixels  # which are targets, so they know this module

    return Pixels(scale)


def _boxes() -> Targets:
    from groklab.tasks.boxes import Boxes  # which are targets, so they know this module

    return Boxes()
