"""Raw data in the two forms that are stored, or a refusal."""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from groklab.data.annotations import boxes, symbols
from groklab.data.dataset import DataSet, Raw
from groklab.errors import UserError

_NUMBERS = "biuf"  # numpy's kinds: boolean, integer, unsigned, floating


class Examples(NamedTuple):
    """Examples as they are stored, or objects that an encoder will turn into numbers.

    Args:
        x: uint8 or float32, little-endian, C order; or objects [examples].
        y: int64 [examples] (classification and where there is no target), float32 [examples, outputs] (regression),
            boxes or symbols as :mod:`groklab.data.annotations` says.
        groups: Text [examples], or ``None``.
        split: Text [examples], or ``None``.
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *outputs"]
    groups: Shaped[np.ndarray, " examples"] | None
    split: Shaped[np.ndarray, " examples"] | None = None


def conform(dataset: DataSet, raw: Raw) -> Examples:
    """Bring ``raw`` to the stored types and check it against what ``dataset`` promises.

    Raises:
        UserError: A shape, type or class number is not what the config says.
    """
    where = f"data {dataset.name}"
    x, y = np.asarray(raw.x), np.asarray(raw.y)
    encoded = dataset.encoder() is not None or dataset.kind == "super_resolution"  # photographs, of any size
    for key, array in (("x", x), ("y", y)):
        if array.dtype.kind not in _NUMBERS and not (encoded and key == "x"):
            raise UserError(f"{where}: {key} must be numbers, is {array.dtype}; convert it in load()")
    if len(x) != len(y):
        raise UserError(f"{where}: {len(x)} examples, but {len(y)} targets; give each example one")
    if not encoded:
        x = np.ascontiguousarray(x, "uint8") if x.dtype == np.uint8 else _float32(x)
        check_shape(dataset, x)
        _check_names(where, "feature_names", raw.feature_names, math.prod(x.shape[1:]))
    if dataset.kind == "regression":
        y = _targets(where, y, dataset.num_outputs)
        _check_names(where, "target_names", raw.target_names, y.shape[1])
    elif dataset.kind == "classification":
        num_classes = dataset.num_outputs or len(raw.class_names or ()) or int(y.max()) + 1
        _check_names(where, "class_names", raw.class_names, num_classes)
        y = _class_numbers(where, y, num_classes)
    elif dataset.kind == "detection":
        y = boxes(where, y, num_classes=_number_of_names(where, dataset, raw), shape=x.shape[1:])
    elif dataset.kind == "transcription":
        y = symbols(where, y, num_symbols=_number_of_names(where, dataset, raw))
    return Examples(x, y, _texts(where, "groups", raw.groups, x), _texts(where, "split", raw.split, x))


def check_shape(dataset: DataSet, x: Shaped[np.ndarray, " examples *shape"]) -> None:
    """Refuse examples of another shape than the config says.

    Raises:
        UserError: They are.
    """
    if dataset.shape is not None and x.shape[1:] != tuple(dataset.shape):
        raise UserError(
            f"data {dataset.name}: shape={list(dataset.shape)}, but an example has {list(x.shape[1:])}; set shape"
        )


def _texts(where: str, key: str, given: Any, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    if given is None:
        return None
    texts = np.asarray(given).astype(str)
    if texts.shape != (len(x),):
        raise UserError(f"{where}: {key} has shape {texts.shape}; give each of {len(x)} examples one value")
    return texts


def _float32(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(over="ignore"):  # what does not fit becomes infinite, and cleaning removes and counts it
        numbers = np.ascontiguousarray(array, dtype="<f4") + np.float32(0)  # -0 and 0 are one number, so one content
    numbers[np.isnan(numbers)] = np.nan  # and there is one kind of nothing
    return numbers


def _class_numbers(where: str, y: np.ndarray[Any, Any], num_classes: int) -> np.ndarray[Any, Any]:
    if y.ndim != 1:
        raise UserError(f"{where}: y has shape {list(y.shape)}; a class number an example is [{len(y)}]")
    wrong = np.flatnonzero(~((y >= 0) & (y < num_classes) & (y == np.floor(y))))
    if len(wrong):
        raise UserError(
            f"{where}: row {wrong[0]} (from 0) has class {y[wrong[0]]}, but num_outputs={num_classes} allows "
            f"0 to {num_classes - 1}; set num_outputs or mend the row"
        )
    return y.astype("<i8")


def _targets(where: str, y: np.ndarray[Any, Any], num_outputs: int | None) -> np.ndarray[Any, Any]:
    columns = y[:, None] if y.ndim == 1 else y
    if columns.ndim != 2 or num_outputs not in (None, columns.shape[1]):
        raise UserError(
            f"{where}: y has shape {list(y.shape)}, but num_outputs={num_outputs}; set it to the columns of y"
        )
    return _float32(columns)


def _number_of_names(where: str, dataset: DataSet, raw: Raw) -> int:
    names = len(raw.class_names or ())
    outputs = names + (dataset.kind == "transcription")  # and the blank
    if dataset.num_outputs not in (None, outputs):
        raise UserError(f"{where}: {names} class_names make num_outputs={outputs}, not {dataset.num_outputs}; set it")
    return names


def _check_names(where: str, key: str, names: Any, number: int) -> None:
    if names is not None and len(names) != number:
        raise UserError(f"{where}: {len(names)} {key}, but {number} are needed; give each a name")
