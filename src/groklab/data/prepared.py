"""Prepared data, opened only if its bytes are those that the card names."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from groklab.data.card import CARD, CARD_HASH, Card, Split, fingerprint, hash_line
from groklab.data.dataset import DataSet
from groklab.data.encoding import ENCODER, Encoder
from groklab.data.folds import Fold
from groklab.data.prepare import config_digest, locked, write
from groklab.errors import UserError
from groklab.files import read_json, sha256
from groklab.kinds import Kind

Shape = tuple[int | None, ...]
_log = logging.getLogger(__name__)


def _one_number(num: int, card: Card) -> tuple[Shape, tuple[str, ...]]:
    return (num,), ("<i8",)


# How each kind's targets are stored; None is any size.
_TARGETS: dict[Kind, Callable[[int, Card], tuple[Shape, tuple[str, ...]]]] = {
    "classification": _one_number,
    "regression": lambda num, card: ((num, card.num_outputs), ("<f4",)),
    "language": lambda num, card: ((num, *card.shape), ("<i4",)),
    "generation": _one_number,
    "super_resolution": lambda num, card: ((num, card.shape[0], None, None), ("<f4", "|u1")),
    "detection": lambda num, card: ((num, None, 5), ("<f4",)),
    "transcription": lambda num, card: ((num, None), ("<i4",)),
}


@dataclass(frozen=True)
class Arrays:
    """One part of a data set, mapped from disk, read-only.

    Args:
        x: Examples in their own units, float32 or uint8, or tokens, int32.
        y: Class numbers, int64 [examples]; targets, float32 [examples, outputs]; next tokens, int32 as x; larger
            images, as x; boxes, float32 [examples, most, 5]; or symbols, int32 [examples, most].
        keys: Content hashes, S64.
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *outputs"]
    keys: Shaped[np.ndarray, " examples"]


@dataclass(frozen=True)
class Prepared:
    """A prepared data set.

    Args:
        folder: Where it lies.
        card: What it holds.
    """

    folder: Path
    card: Card

    def open(self, split: Split) -> Arrays:
        """The arrays of one part; no other part is read.

        Raises:
            UserError: An array's bytes, shape or type is not what the card says.
        """
        num, card = self.card.counts[split], self.card
        x_shape: Shape = (num, *card.shape)
        x_types = ("<i4",) if card.inputs == "tokens" else ("<f4", "|u1")
        y_shape, y_types = _TARGETS[card.kind](num, card)
        if card.kind == "super_resolution":  # pieces in training, whole images in the test part
            x_shape = (num, card.shape[0], None, None)
        return Arrays(
            self._array(f"{split}/x.npy", x_shape, x_types),
            self._array(f"{split}/y.npy", y_shape, y_types),
            self._array(f"{split}/keys.npy", (num,), ("|S64",)),
        )

    def encoder(self, dataset: DataSet) -> Encoder | None:
        """What turned texts or tables into these arrays, ready to do it again.

        Raises:
            UserError: Its file is not the one that was written.
        """
        encoder = dataset.encoder()
        if encoder is not None:
            path = self.folder / ENCODER
            if not path.is_file() or sha256(path) != self.card.arrays.get(ENCODER):
                raise _stale(path, self.folder, "is not the file that was prepared")
            encoder.restore(read_json(path))
        return encoder

    def _array(self, name: str, shape: Shape, types: tuple[str, ...]) -> np.ndarray[Any, Any]:
        path = self.folder / name
        try:
            if sha256(path) != self.card.arrays.get(name):
                raise _stale(path, self.folder, "is not the file that was prepared")
            array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except OSError as error:
            raise _stale(path, self.folder, f"cannot be read ({error.strerror or error})") from error
        fits = len(array.shape) == len(shape) and all(
            want in (None, size) for size, want in zip(array.shape, shape, strict=True)
        )
        if not fits or array.dtype.str not in types:
            found = f"holds {list(array.shape)} of {array.dtype.str}, the card says {list(shape)} of {types[0]}"
            raise _stale(path, self.folder, found)
        return array


def open_prepared(folder: Path) -> Prepared:
    """The prepared data set in ``folder``; its arrays are verified when they are opened.

    Raises:
        UserError: There is none, or its card is not the one that was written.
    """
    path = folder / CARD
    try:
        expected = (folder / CARD_HASH).read_bytes()
        if expected != hash_line(path):
            raise _stale(path, folder, "is not the file that was prepared")
    except OSError as error:
        raise UserError(
            f"{folder}: holds no complete prepared data ({error.strerror or error}); run prepare"
        ) from error
    card = Card.read(path)
    if card.fingerprint != fingerprint(card.name, card.arrays):
        raise _stale(path, folder, "does not agree with itself")
    return Prepared(folder, card)


def ensure(dataset: DataSet, root: Path, fold: Fold | None = None) -> Prepared:
    """``dataset``, prepared: ``root/<name>`` if the same config made it, else a folder of its own.

    ``root/<name>`` is the pipeline's. A config that differs (another split seed, say) has
    ``root/<name>@<8 digits of its digest>``, a fold ``root/<name>@<8 digits>-fold<number>of<folds>``, prepared on
    demand by one process while others wait.

    Raises:
        UserError: ``root/<name>`` holds another data set, what is prepared is damaged, or the data have no folds.
    """
    if fold is None and (root / dataset.name / CARD).exists():
        prepared = open_prepared(root / dataset.name)
        if prepared.card.name != dataset.name:
            raise UserError(
                f"{prepared.folder}: fingerprint differs: it holds data set {prepared.card.name}, "
                f"not {dataset.name}; remove the folder or rename the data set"
            )
        if prepared.card.config_digest == dataset.config_digest():
            return prepared
    which = "" if fold is None else f"-fold{fold.number}of{fold.of}"
    folder = root / f"{dataset.name}@{dataset.config_digest()[:8]}{which}"
    if not folder.exists():
        with locked(folder):
            if not folder.exists():
                _log.info("preparing %s", folder)
                write(dataset, folder, fold=fold)
    prepared = open_prepared(folder)
    if prepared.card.config_digest != config_digest(dataset, fold):
        raise _stale(folder / CARD, folder, "belongs to another config")
    return prepared


def _stale(path: Path, folder: Path, fault: str) -> UserError:
    # To DVC a damaged cache is as good as any: it would check the same bytes out again.
    pipeline = "" if "@" in folder.name else f" (in the pipeline: dvc repro -f -s prepare@{folder.name})"
    return UserError(f"{path}: {fault}: fingerprint differs; remove {folder} and run prepare again{pipeline}")
