"""A user's new examples, for a network that was trained on a data set without a form of its own."""

from pathlib import Path
from typing import Any

import numpy as np

from groklab.errors import UserError

Array = np.ndarray[Any, Any]


def read_texts(path: Path) -> tuple[Array, list[str]]:
    """Each line of a text file, and its number.

    Raises:
        UserError: The file cannot be read as UTF-8.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as UTF-8 text ({error}); give a text file, one text a line") from error
    return np.array(lines, dtype=object), [str(number) for number in range(1, len(lines) + 1)]


def read_numbers(path: Path, shape: tuple[int, ...]) -> tuple[Array, list[str]]:
    """Examples of ``shape``: an array [n, *shape] in a .npy, or a CSV with a row of numbers an example.

    A first row of names is passed over. Frames may be fewer than ``shape`` says; NaN stands for those that lack.

    Raises:
        UserError: The file cannot be read, or its examples have another shape.
    """
    try:
        if path.suffix == ".npy":
            x = np.load(path, allow_pickle=False)
        else:
            x = _csv(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as numbers ({error}); give a .npy or a CSV") from error
    if path.suffix != ".npy" and x.ndim == 2 and x.shape[1] == int(np.prod(shape)):
        x = x.reshape(-1, *shape)
    if x.ndim == 3 and len(shape) == 2 and x.shape[1] < shape[0] and x.shape[2] == shape[1]:
        x = np.pad(x.astype(np.float32), ((0, 0), (0, shape[0] - x.shape[1]), (0, 0)), constant_values=np.nan)
    if x.shape[1:] != shape:
        found = list(x.shape[1:])
        raise UserError(f"{path}: examples have shape {found}, the network takes {list(shape)}; reshape them")
    return x, [str(number) for number in range(len(x))]


def _csv(path: Path) -> Array:
    with open(path, encoding="utf-8-sig") as file:
        first = file.readline().split(",")
    try:
        [float(cell) for cell in first]
        skip = 0
    except ValueError:
        skip = 1
    return np.loadtxt(path, delimiter=",", skiprows=skip, ndmin=2, encoding="utf-8-sig")
