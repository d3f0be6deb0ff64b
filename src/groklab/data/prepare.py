"""From a data set to its prepared folder: load, clean, split, describe, write."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from groklab.data.card import CARD, CARD_HASH, Card, Split, fingerprint, hash_line
from groklab.data.cleaning import Cleaned, clean
from groklab.data.conform import conform
from groklab.data.dataset import DataSet, Raw
from groklab.data.split import PARTS, split
from groklab.data.statistics import statistics
from groklab.data.swap import recover, replacing
from groklab.errors import UserError
from groklab.files import sha256, write_atomic

Array = np.ndarray[Any, Any]


def prepare(dataset: DataSet, folder: Path) -> Card:
    """Write ``dataset`` to ``folder``; killed at any time, it leaves the old folder or the new one.

    Raises:
        UserError: The data cannot be had, are not as the config says or cannot be split; or ``folder`` holds
            something else, or cannot be written.
    """
    with locked(folder):
        return write(dataset, folder)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from preparing ``folder``; they wait.

    Raises:
        UserError: The place cannot be written.
    """
    from filelock import FileLock

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_name(f".{folder.name}.lock"))
        lock.acquire()
    except OSError as error:
        raise UserError(
            f"{folder.parent}: cannot be written ({error.strerror or error}); choose another folder"
        ) from error
    try:
        recover(folder)
        yield
    finally:
        lock.release()


def write(dataset: DataSet, folder: Path) -> Card:
    """:func:`prepare` for a caller that holds the lock.

    Raises:
        UserError: As :func:`prepare`.
    """
    _refuse_foreign(dataset, folder)
    raw = dataset.load()
    data = clean(conform(dataset, raw), dataset.kind)
    labels = data.y if dataset.kind == "classification" else None
    names = list(raw.class_names or map(str, range(dataset.num_outputs)))
    parts = split(
        data.keys,
        labels,
        class_names=names,
        groups=data.groups,
        val_fraction=dataset.val_fraction,
        test_fraction=dataset.test_fraction,
        seed=dataset.split_seed,
        where=f"data {dataset.name}",
    )
    with replacing(folder) as new:
        hashes = _write_arrays(new, data, parts)
        card = _describe(dataset, raw, data, parts, hashes, names)
        card.write(new / CARD)
        write_atomic(new / CARD_HASH, hash_line(new / CARD))
    return card


def _refuse_foreign(dataset: DataSet, folder: Path) -> None:
    """Replace nothing but what an earlier ``prepare`` of the same data set wrote."""
    if not folder.exists():
        return
    if not folder.is_dir() or not {path.name for path in folder.iterdir()} <= {CARD, CARD_HASH, *PARTS}:
        raise UserError(f"{folder}: is no prepared data set; remove it or prepare to another folder")
    try:
        name = Card.read(folder / CARD).name
    except UserError:  # a damaged card is what preparing again mends
        return
    if name != dataset.name:
        raise UserError(
            f"{folder}: holds data set {name}, not {dataset.name}; remove it or prepare to another folder"
        )


def _write_arrays(folder: Path, data: Cleaned, parts: dict[Split, Array]) -> dict[str, str]:
    """Save each part's arrays; their hashes by path."""
    hashes = {}
    for part, rows in parts.items():
        (folder / part).mkdir()
        for name, array in (("x", data.x), ("y", data.y), ("keys", data.keys)):
            np.save(folder / part / f"{name}.npy", array[rows], allow_pickle=False)
            hashes[f"{part}/{name}.npy"] = sha256(folder / part / f"{name}.npy")
    return hashes


def _describe(
    dataset: DataSet,
    raw: Raw,
    data: Cleaned,
    parts: dict[Split, Array],
    hashes: dict[str, str],
    names: list[str],
) -> Card:
    regression = dataset.kind == "regression"
    train = parts["train"]
    return Card(
        name=dataset.name,
        kind=dataset.kind,
        shape=list(dataset.shape),
        num_features=dataset.num_features,
        num_outputs=dataset.num_outputs,
        class_names=None if regression else names,
        feature_names=None if raw.feature_names is None else list(raw.feature_names),
        target_names=None if raw.target_names is None else list(raw.target_names),
        counts={part: len(rows) for part, rows in parts.items()},
        class_counts=None
        if regression
        else {part: _count(data.y[rows], names) for part, rows in parts.items()},
        ranges={"x": _range(data.x), "y": _range(data.y) if regression else None},
        statistics=statistics(data.x[train], data.y[train] if regression else None),
        cleaning={
            "rows_in": data.rows_in,
            "rows_out": len(data.x),
            "duplicates_removed": data.duplicates_removed,
            "conflicting_labels_removed": data.conflicting_labels_removed,
            "rules": list(data.rules),
        },
        licence=dataset.licence,
        citation=dataset.citation,
        source=raw.source,
        source_sha256=raw.source_sha256,
        split={
            "val_fraction": dataset.val_fraction,
            "test_fraction": dataset.test_fraction,
            "seed": dataset.split_seed,
        },
        config_digest=dataset.config_digest(),
        arrays=hashes,
        fingerprint=fingerprint(dataset.name, hashes),
    )


def _count(labels: Array, names: list[str]) -> dict[str, int]:
    return dict(zip(names, np.bincount(labels, minlength=len(names)).tolist(), strict=True))


def _range(array: Array) -> list[float]:
    return [float(array.min()), float(array.max())]
