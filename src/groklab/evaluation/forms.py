"""What outputs and targets of each kind look like; anything else would broadcast, or score as something else."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from groklab.kinds import Kind

Array = NDArray[Any]
_SUM_TOLERANCE = 1e-4  # of a softmax in float32 over thousands of classes
_FLOATS, _IMAGES, _NUMBERS = ("float32", "float64"), ("float16", "float32"), ("int64",)


class Unfit(Exception):
    """Outputs or targets are not of their kind's form; the text says how and what to give."""


def check_form(kind: Kind, outputs: Array, targets: Array) -> None:
    """Refuse what is not of the kind's form.

    Raises:
        Unfit: It is not.
    """
    form = _FORMS[kind]
    for name, array, types in (("outputs", outputs, form[0]), ("targets", targets, form[1])):
        if str(array.dtype) not in types:
            raise Unfit(f"{name} are {array.dtype}; give {' or '.join(types)} for {kind}")
    if not outputs.size:
        raise Unfit(f"outputs {outputs.shape} hold no value; give one example or more")
    form[2](outputs, targets)


def as_targets(kind: Kind, y: Array) -> Array:
    """Stored targets in the type that predictions of their kind have."""
    types = _FORMS[kind][1]
    return np.array(y) if str(y.dtype) in types else np.array(y, types[0])


def _shapes(outputs: Array, targets: Array, fits: bool, expected: str) -> None:
    if not fits:
        raise Unfit(f"outputs {outputs.shape} and targets {targets.shape} do not match; give {expected}")


def _finite(outputs: Array, targets: Array) -> None:
    for name, values in (("outputs", outputs), ("targets", targets)):
        finite = np.isfinite(values.reshape(len(values), -1)).all(1)
        if not finite.all():
            raise Unfit(
                f"{name} of example {np.argmin(finite)} are not finite; lower the learning rate or mend the data"
            )


def _classes(outputs: Array, targets: Array) -> None:
    _shapes(outputs, targets, outputs.ndim == 2 and targets.shape == outputs.shape[:1], "[n, classes] and [n]")
    _finite(outputs, targets)
    if outputs.shape[1] < 2:
        raise Unfit(f"outputs {outputs.shape} hold one class; give one column a class, two or more")
    if targets.min() < 0 or targets.max() >= outputs.shape[1]:
        wrong = targets.min() if targets.min() < 0 else targets.max()
        raise Unfit(f"target {wrong} is no class; give 0 to {outputs.shape[1] - 1}")
    total = outputs.sum(1, dtype=np.float64)
    wrong_rows = (outputs < 0).any(1) | (np.abs(total - 1) > _SUM_TOLERANCE)
    if wrong_rows.any():
        row = int(np.argmax(wrong_rows))
        raise Unfit(
            f"outputs of example {row} are no probabilities (they sum to {total[row]:.4g}, the least is "
            f"{outputs[row].min():.4g}); give the softmax of the logits"
        )


def _values(outputs: Array, targets: Array) -> None:
    _shapes(outputs, targets, outputs.ndim == 2 and outputs.shape == targets.shape, "both [n, k]")
    _finite(outputs, targets)


def _next_tokens(outputs: Array, targets: Array) -> None:
    _values(outputs, targets)
    if outputs[targets != 0].max(initial=0) > 0:
        raise Unfit("a log-probability is above 0; give those of the targets, in nats")


def _features(outputs: Array, targets: Array) -> None:
    fits = outputs.ndim == targets.ndim == 2 and outputs.shape[1] == targets.shape[1]
    _shapes(outputs, targets, fits, "[drawn, k] and [held out, k]")
    _finite(outputs, targets)


def _images(outputs: Array, targets: Array) -> None:
    _shapes(outputs, targets, outputs.ndim == 4 and outputs.shape == targets.shape, "both [n, channels, height, width]")
    if (np.isnan(outputs) != np.isnan(targets)).any():
        raise Unfit("outputs are absent (NaN) where targets are not, or the other way round; give images of one size")


def _boxes(outputs: Array, targets: Array) -> None:
    fits = outputs.ndim == targets.ndim == 3 and (outputs.shape[2], targets.shape[2]) == (6, 5)
    _shapes(outputs, targets, fits and len(outputs) == len(targets), "[n, most, 6] and [n, most, 5]")


def _symbols(outputs: Array, targets: Array) -> None:
    fits = outputs.ndim == targets.ndim == 2 and len(outputs) == len(targets)
    _shapes(outputs, targets, fits, "[n, most] and [n, most]")


_FORMS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...], Callable[[Array, Array], None]]] = {
    "classification": (_FLOATS, _NUMBERS, _classes),
    "regression": (_FLOATS, _FLOATS, _values),
    "language": (_FLOATS, _NUMBERS, _next_tokens),
    "generation": (_FLOATS, _FLOATS, _features),
    "super_resolution": (_IMAGES, _IMAGES, _images),
    "detection": (_FLOATS, _FLOATS, _boxes),
    "transcription": (_NUMBERS, _NUMBERS, _symbols),
}
