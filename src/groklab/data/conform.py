"""Raw data in the two forms that are stored, or a refusal."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Shaped

from groklab.data.dataset import DataSet, Raw
from groklab.errors import UserError

_NUMBERS = "biuf"  # numpy's kinds: boolean, integer, unsigned, floating


class Examples(NamedTuple):
    """Examples as they are stored.

    Args:
        x: uint8 or float32, little-endian, C order.
        y: int64 [examples] (classification) or float32 [examples, outputs] (regression).
        groups: Text [examples], or ``None``.
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *outputs"]
    groups: Shaped[np.ndarray, " examples"] | None


def conform(dataset: DataSet, raw: Raw) -> Examples:
    """Bring ``raw`` to the stored types and check it against what ``dataset`` promises.

    Raises:
        UserError: A shape, type or class number is not what the config says.
    """
    where = f"data {dataset.name}"
    x, y = np.asarray(raw.x), np.asarray(raw.y)
    for key, array in (("x", x), ("y", y)):
        if array.dtype.kind not in _NUMBERS:
            raise UserError(f"{where}: {key} must be numbers, is {array.dtype}; convert it in load()")
    if x.shape[1:] != dataset.shape:
        raise UserError(
            f"{where}: shape={list(dataset.shape)}, but an example has {list(x.shape[1:])}; set shape"
        )
    if len(x) != len(y):
        raise UserError(f"{where}: {len(x)} examples, but {len(y)} targets; give each example one")
    _check_names(where, "feature_names", raw.feature_names, dataset.num_features)
    if dataset.kind == "classification":
        _check_names(where, "class_names", raw.class_names, dataset.num_outputs)
        y = _class_numbers(where, y, dataset.num_outputs)
    else:
        y = _targets(where, y, dataset.num_outputs)
        _check_names(where, "target_names", raw.target_names, dataset.num_outputs)
    groups = None if raw.groups is None else np.asarray(raw.groups).astype(str)
    if groups is not None and groups.shape != (len(x),):
        raise UserError(f"{where}: groups has shape {groups.shape}; give each of {len(x)} examples one value")
    return Examples(np.ascontiguousarray(x, "uint8") if x.dtype == np.uint8 else _float32(x), y, groups)


def _float32(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    with np.errstate(over="ignore"):  # what does not fit becomes infinite, and cleaning removes and counts it
        numbers = np.ascontiguousarray(array, dtype="<f4")
    return numbers + np.float32(0)  # -0 and 0 are one number, so one content


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


def _targets(where: str, y: np.ndarray[Any, Any], num_outputs: int) -> np.ndarray[Any, Any]:
    columns = y[:, None] if y.ndim == 1 else y
    if columns.shape != (len(y), num_outputs):
        raise UserError(
            f"{where}: y has shape {list(y.shape)}, but num_outputs={num_outputs}; set it to the columns of y"
        )
    return _float32(columns)


def _check_names(where: str, key: str, names: Any, number: int) -> None:
    if names is not None and len(names) != number:
        raise UserError(f"{where}: {len(names)} {key}, but {number} are needed; give each a name")
