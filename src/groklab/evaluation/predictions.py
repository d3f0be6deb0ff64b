"""What a model said of each example, beside what was right: all that evaluation sees of a model."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from groklab.errors import UserError
from groklab.files import atomic_file

Kind = Literal["classification", "regression", "language"]
_SUM_TOLERANCE = 1e-4  # of a softmax in float32 over thousands of classes


@dataclass(frozen=True, eq=False)
class Predictions:
    """The outputs of one model for one split, in the split's order.

    Args:
        outputs: Classification: probabilities [n, classes]; regression: values [n, k] in data units; language:
            log-probability of each target, in nats [n, k]. float32 or float64, finite.
        targets: Classification: classes, int64 [n]; regression: float32 or float64 [n, k] in data units; language:
            tokens, int64 [n, k], 0 where there is none.
        keys: The examples' content hashes, bytes or text [n].
        split: ``train``, ``val`` or ``test``.
        overlap: So many examples in a row share targets, as the windows of a series do; 1 for none.
        notes: What a reader of the scores should know, such as a fit that did not converge.

    Raises:
        UserError: Shapes, types or values are not these.
    """

    outputs: NDArray[Any]
    targets: NDArray[Any]
    _: KW_ONLY
    keys: NDArray[Any]
    split: str
    overlap: int = 1
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would broadcast, or score as something else."""
        if self.outputs.dtype not in (np.float32, np.float64):
            raise self._refusal(f"outputs are {self.outputs.dtype}; give float32 or float64")
        if self.targets.dtype not in (np.int64, np.float32, np.float64):
            raise self._refusal(
                f"targets are {self.targets.dtype}; give int64 for classes, float32 or float64 for values"
            )
        self._check_shapes()
        for name, values in (("outputs", self.outputs), ("targets", self.targets)):
            finite = np.isfinite(values.reshape(len(values), -1)).all(1)
            if not finite.all():
                raise self._refusal(
                    f"{name} of example {np.argmin(finite)} are not finite; lower the learning rate or mend the data"
                )
        if self.kind == "classification":
            self._check_probabilities()
        elif self.kind == "language" and self.outputs[self.targets != 0].max(initial=0) > 0:
            raise self._refusal("a log-probability is above 0; give those of the targets, in nats")

    @property
    def kind(self) -> Kind:
        """``classification`` for integer targets [n], ``language`` for [n, k], else ``regression``."""
        if self.targets.dtype != np.int64:
            return "regression"
        return "classification" if self.targets.ndim == 1 else "language"

    @property
    def num_examples(self) -> int:
        """Examples in the split."""
        return len(self.targets)

    @property
    def num_outputs(self) -> int:
        """Classes, or values an example."""
        return int(self.outputs.shape[1])

    def save(self, path: Path) -> None:
        """Write ``path`` (.npz), whole or not at all; the same predictions give the same bytes."""
        arrays: dict[str, NDArray[Any]] = {
            "outputs": self.outputs,
            "targets": self.targets,
            "keys": self.keys,
            "split": np.array(self.split),
            "overlap": np.array(self.overlap),
            "notes": np.array(self.notes, dtype=np.str_),
        }
        with atomic_file(path) as file:
            np.savez(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Predictions":
        """Read what ``save`` wrote.

        Raises:
            UserError: The file is absent, damaged or holds something else.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(
                    arrays["outputs"],
                    arrays["targets"],
                    keys=arrays["keys"],
                    split=str(arrays["split"]),
                    overlap=int(arrays["overlap"]),
                    notes=tuple(str(note) for note in arrays["notes"]),
                )
        except Exception as error:  # zipfile and its decompressors raise a dozen kinds on damaged bytes
            raise UserError(
                f"{path}: cannot be read as predictions ({error}). Remove it and evaluate again."
            ) from error

    def _check_shapes(self) -> None:
        outputs, targets = self.outputs.shape, self.targets.shape
        fits = len(outputs) == 2 and targets == outputs[:1] if self.kind == "classification" else outputs == targets
        if not fits or len(outputs) != 2:
            expected = "[n, classes] and [n]" if self.kind == "classification" else "both [n, k]"
            raise self._refusal(f"outputs {outputs} and targets {targets} do not match; give {expected}")
        if not self.outputs.size:
            raise self._refusal(f"outputs {outputs} hold no value; give one example or more")
        if self.keys.shape != targets[:1] or self.keys.dtype.kind not in "SU":
            raise self._refusal(
                f"keys {self.keys.shape} {self.keys.dtype} do not name {targets[0]} examples; give texts [n]"
            )

    def _check_probabilities(self) -> None:
        if self.num_outputs < 2:
            raise self._refusal(f"outputs {self.outputs.shape} hold one class; give one column a class, two or more")
        if self.targets.min() < 0 or self.targets.max() >= self.num_outputs:
            wrong = self.targets.min() if self.targets.min() < 0 else self.targets.max()
            raise self._refusal(f"target {wrong} is no class; give 0 to {self.num_outputs - 1}")
        total = self.outputs.sum(1, dtype=np.float64)
        wrong = (self.outputs < 0).any(1) | (np.abs(total - 1) > _SUM_TOLERANCE)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise self._refusal(
                f"outputs of example {row} are no probabilities (they sum to {total[row]:.4g}, the least is "
                f"{self.outputs[row].min():.4g}); give the softmax of the logits"
            )

    def _refusal(self, message: str) -> UserError:
        return UserError(f"predictions ({self.split}): {message}")
