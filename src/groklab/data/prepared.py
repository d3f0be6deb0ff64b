"""Prepared data, opened only if its bytes are those that the card names."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped

from groklab.data.card import CARD, CARD_HASH, Card, Split, fingerprint, hash_line
from groklab.data.dataset import DataSet
from groklab.data.encoding import ENCODER, Encoder
from groklab.data.prepare import locked, write
from groklab.errors import UserError
from groklab.files import read_json, sha256

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrays:
    """One part of a data set, mapped from disk, read-only.

    Args:
        x: Examples in their own units, float32 or uint8, or tokens, int32.
        y: Class numbers, int64 [examples], targets, float32 [examples, outputs], or next tokens, int32 as x.
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
        y_shape, y_type = {
            "classification": ((num,), "<i8"),
            "regression": ((num, card.num_outputs), "<f4"),
            "language": ((num, *card.shape), "<i4"),
        }[card.kind]
        return Arrays(
            self._array(f"{split}/x.npy", (num, *card.shape), ("<i4",) if card.inputs == "tokens" else ("<f4", "|u1")),
            self._array(f"{split}/y.npy", y_shape, (y_type,)),
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

    def _array(self, name: str, shape: tuple[int, ...], types: tuple[str, ...]) -> np.ndarray[Any, Any]:
        path = self.folder / name
        try:
            if sha256(path) != self.card.arrays.get(name):
                raise _stale(path, self.folder, "is not the file that was prepared")
            array: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except OSError as error:
            raise _stale(path, self.folder, f"cannot be read ({error.strerror or error})") from error
        if array.shape != shape or array.dtype.str not in types:
            found = (
                f"holds {list(array.shape)} of {array.dtype.str}, the card says {list(shape)} of {types[0]}"
            )
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


def ensure(dataset: DataSet, root: Path) -> Prepared:
    """``dataset``, prepared: ``root/<name>`` if the same config made it, else a folder of its own.

    ``root/<name>`` is the pipeline's. A config that differs (another split seed, say) has
    ``root/<name>@<8 digits of its digest>``, prepared on demand by one process while others wait.

    Raises:
        UserError: ``root/<name>`` holds another data set, or what is prepared is damaged.
    """
    if (root / dataset.name / CARD).exists():
        prepared = open_prepared(root / dataset.name)
        if prepared.card.name != dataset.name:
            raise UserError(
                f"{prepared.folder}: fingerprint differs: it holds data set {prepared.card.name}, "
                f"not {dataset.name}; remove the folder or rename the data set"
            )
        if prepared.card.config_digest == dataset.config_digest():
            return prepared
    folder = root / f"{dataset.name}@{dataset.config_digest()[:8]}"
    if not folder.exists():
        with locked(folder):
            if not folder.exists():
                _log.info("preparing %s", folder)
                write(dataset, folder)
    prepared = open_prepared(folder)
    if prepared.card.config_digest != dataset.config_digest():
        raise _stale(folder / CARD, folder, "belongs to another config")
    return prepared


def _stale(path: Path, folder: Path, fault: str) -> UserError:
    return UserError(f"{path}: {fault}: fingerprint differs; remove {folder} and run prepare again")
