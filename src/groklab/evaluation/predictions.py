"""What a model said of each example, beside what was right: all that evaluation sees of a model."""

from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from groklab.errors import UserError
from groklab.evaluation.forms import Unfit, check_form
from groklab.files import atomic_file
from groklab.kinds import Kind


@dataclass(frozen=True, eq=False)
class Predictions:
    """The outputs of one model for one split, in the split's order.

    Args:
        outputs: Classification: probabilities [n, classes]; regression: values [n, k] in data units; language:
            log-probability of each target, in nats [n, k]; generation: features of drawn examples [m, k];
            super-resolution: images [n, channels, height, width] of whole numbers, NaN beyond an image's edges;
            detection: rows of class, score, left, top, right, bottom [n, most, 6], NaN where there is none;
            transcription: symbols [n, most], 0 where there is none.
        targets: Classification: classes, int64 [n]; regression: values [n, k] in data units; language: tokens, int64
            [n, k], 0 where there is none; generation: features of examples that were held out [n, k];
            super-resolution: as the outputs; detection: as the outputs without score; transcription: as the outputs.
        keys: The content hashes of the examples that are targets, bytes or text [n].
        split: ``train``, ``val`` or ``test``.
        kind: What is predicted.
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
    kind: Kind
    overlap: int = 1
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would broadcast, or score as something else."""
        if self.kind not in get_args(Kind):
            raise self._refusal(f"kind {self.kind!r} is none of {', '.join(get_args(Kind))}")
        try:
            check_form(self.kind, self.outputs, self.targets)
        except Unfit as error:
            raise self._refusal(str(error)) from None
        if self.keys.shape != self.targets.shape[:1] or self.keys.dtype.kind not in "SU":
            raise self._refusal(
                f"keys {self.keys.shape} {self.keys.dtype} do not name {len(self.targets)} examples; give texts [n]"
            )

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
            "kind": np.array(self.kind),
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
                    kind=cast(Kind, str(arrays["kind"])),
                    overlap=int(arrays["overlap"]),
                    notes=tuple(str(note) for note in arrays["notes"]),
                )
        except Exception as error:  # zipfile and its decompressors raise a dozen kinds on damaged bytes
            raise UserError(
                f"{path}: cannot be read as predictions ({error}). Remove it and evaluate again."
            ) from error

    def _refusal(self, message: str) -> UserError:
        return UserError(f"predictions ({self.split}): {message}")
