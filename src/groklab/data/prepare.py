"""From a data set to its prepared folder: load, clean, split, describe, write."""

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from groklab.data.annotations import counts, require_classes
from groklab.data.card import CARD, CARD_HASH, Card, Split, fingerprint, hash_line
from groklab.data.cleaning import Cleaned, clean, content_keys
from groklab.data.conform import check_shape, conform
from groklab.data.dataset import DataSet, Raw
from groklab.data.encoding import ENCODER, Encoder
from groklab.data.folds import Fold, fold_parts
from groklab.data.split import PARTS, split
from groklab.data.swap import recover, replacing
from groklab.data.varied import less_to_train_on, shuffled_pixels, wrong_labels
from groklab.errors import UserError
from groklab.files import digest, sha256, write_atomic, write_json

Array = np.ndarray[Any, Any]
Arrays = dict[Split, dict[str, Array]]
_NAMED = ("classification", "detection", "transcription")  # kinds that have classes


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


def write(dataset: DataSet, folder: Path, *, fold: Fold | None = None) -> Card:
    """:func:`prepare` for a caller that holds the lock.

    Args:
        dataset: What is prepared.
        folder: Where to.
        fold: The validation part, of what is trained on and validated on together; default: as the data set has it.

    Raises:
        UserError: As :func:`prepare`; or the data have no folds.
    """
    _refuse_foreign(dataset, folder)
    raw = dataset.load()
    data = clean(conform(dataset, raw), dataset.kind, inputs=dataset.inputs, distinct=dataset.overlap == 1)
    classified = dataset.kind == "classification"
    names = list(raw.class_names or map(str, range(int(data.y.max()) + 1))) if dataset.kind in _NAMED else []
    parts = split(
        data.keys,
        data.y if classified else None,
        class_names=names,
        groups=data.groups,
        fixed=data.split,
        val_fraction=dataset.val_fraction,
        test_fraction=dataset.test_fraction,
        seed=dataset.split_seed,
        where=f"data {dataset.name}",
    )
    if fold is not None:
        parts = _folded(dataset, raw, data, parts, fold, names)
    parts, fewer = less_to_train_on(dataset, data, parts, names)
    x, y, encoder = encode(dataset, data, parts["train"])
    arrays = {part: _examples(dataset, part, x[rows], y[rows], data.keys[rows]) for part, rows in parts.items()}
    train = arrays["train"]
    check_shape(dataset, train["x"])
    train["y"], wrong = wrong_labels(dataset, train["y"], train["keys"], names)
    order, shuffled = shuffled_pixels(dataset, train["x"])
    if dataset.kind == "detection":
        require_classes(f"data {dataset.name}", train["y"], names)
    with replacing(folder) as new:
        hashes = _write_arrays(new, arrays) | {name: digest(numbers) for name, numbers in order.items()}
        if encoder is not None:
            write_json(new / ENCODER, encoder.state())
            hashes[ENCODER] = sha256(new / ENCODER)
        card = _describe(dataset, raw, data, arrays, hashes, names, encoder, fold, order, [*fewer, *wrong, *shuffled])
        card.write(new / CARD)
        write_atomic(new / CARD_HASH, hash_line(new / CARD))
    return card


def config_digest(dataset: DataSet, fold: Fold | None) -> str:
    """Hex SHA-256 of what was asked for."""
    own = dataset.config_digest()
    return own if fold is None else digest([own, fold.number, fold.of])


def encode(dataset: DataSet, data: Cleaned, train: Array) -> tuple[Array, Array, Encoder | None]:
    """Inputs and targets as networks take them, and what made them of texts or tables.

    Of language, the inputs are all tokens of a text but the last, the targets all but the first.
    """
    encoder = dataset.encoder()
    if encoder is None:
        return data.x, data.y, None
    encoder.fit(data.x[train])
    x = encoder.transform(data.x)
    if dataset.kind == "language":
        return np.ascontiguousarray(x[:, :-1]), np.ascontiguousarray(x[:, 1:]), encoder
    return x, data.y, encoder


def _folded(
    dataset: DataSet, raw: Raw, data: Cleaned, parts: dict[Split, Array], fold: Fold, names: list[str]
) -> dict[Split, Array]:
    if reason := dataset.why_no_folds(raw):
        raise UserError(f"data {dataset.name}: {fold}: {reason}, so it has no folds; leave fold=null")
    return fold_parts(
        parts,
        fold,
        data.keys,
        data.y if dataset.kind == "classification" else None,
        class_names=names,
        groups=data.groups,
        seed=dataset.split_seed,
        where=f"data {dataset.name}",
    )


def _examples(dataset: DataSet, part: Split, x: Array, y: Array, keys: Array) -> dict[str, Array]:
    cut_x, cut_y = dataset.examples(part, x, y)
    return {"x": cut_x, "y": cut_y, "keys": keys if cut_x is x else content_keys(cut_x)}


def _refuse_foreign(dataset: DataSet, folder: Path) -> None:
    """Replace nothing but what an earlier ``prepare`` of the same data set wrote."""
    if not folder.exists():
        return
    if not folder.is_dir() or not {path.name for path in folder.iterdir()} <= {CARD, CARD_HASH, ENCODER, *PARTS}:
        raise UserError(f"{folder}: is no prepared data set; remove it or prepare to another folder")
    try:
        name = Card.read(folder / CARD).name
    except UserError:  # a damaged card is what preparing again mends
        return
    if name != dataset.name:
        raise UserError(f"{folder}: holds data set {name}, not {dataset.name}; remove it or prepare to another folder")


def _write_arrays(folder: Path, arrays: Arrays) -> dict[str, str]:
    """Save each part's arrays; their hashes by path."""
    hashes = {}
    for part, named in arrays.items():
        (folder / part).mkdir()
        for name, array in named.items():
            np.save(folder / part / f"{name}.npy", array, allow_pickle=False)
            hashes[f"{part}/{name}.npy"] = sha256(folder / part / f"{name}.npy")
    return hashes


def _describe(
    dataset: DataSet,
    raw: Raw,
    data: Cleaned,
    arrays: Arrays,
    hashes: dict[str, str],
    names: list[str],
    encoder: Encoder | None,
    fold: Fold | None,
    order: dict[str, list[int]],
    varied: list[str],
) -> Card:
    x, y = arrays["train"]["x"], arrays["train"]["y"]
    regression, named = dataset.kind == "regression", dataset.kind in _NAMED
    by_class = {part: counts(dataset.kind, of["y"], names) for part, of in arrays.items()} if named else None
    features = raw.feature_names if encoder is None else encoder.feature_names()
    return Card(
        name=dataset.name,
        kind=dataset.kind,
        inputs=dataset.inputs,
        shape=list(x.shape[1:]),
        num_features=math.prod(x.shape[1:]),
        num_outputs=_num_outputs(dataset, y, names),
        class_names=names if named else None,
        feature_names=None if features is None else list(features),
        target_names=None if raw.target_names is None else list(raw.target_names),
        overlap=dataset.overlap,
        counts={part: len(of["keys"]) for part, of in arrays.items()},
        class_counts=by_class,
        ranges={"x": _range(arrays, "x"), "y": _range(arrays, "y") if regression else None},
        statistics={**dataset.scaling(x, y), **order},
        cleaning={
            "rows_in": data.rows_in,
            "rows_out": len(data.keys),
            "duplicates_removed": data.duplicates_removed,
            "conflicting_labels_removed": data.conflicting_labels_removed,
            "rules": [*raw.rules, *data.rules, *(encoder.rules(data.x) if encoder else []), *varied],
        },
        licence=dataset.licence,
        citation=dataset.citation,
        source=raw.source,
        source_sha256=raw.source_sha256,
        split={
            "val_fraction": dataset.val_fraction,
            "test_fraction": dataset.test_fraction,
            "seed": dataset.split_seed,
            **({"fold": fold.number, "folds": fold.of} if fold else {}),
        },
        config_digest=config_digest(dataset, fold),
        arrays=hashes,
        fingerprint=fingerprint(dataset.name, hashes),
    )


def _num_outputs(dataset: DataSet, y: Array, names: list[str]) -> int:
    """Classes, columns of the target, symbols and the blank, or what the config says."""
    if names:
        return len(names) + (dataset.kind == "transcription")
    return int(y.shape[1]) if dataset.kind == "regression" else int(dataset.num_outputs or 0)


def _range(arrays: Arrays, name: str) -> list[float]:
    return [
        float(min(np.nanmin(of[name]) for of in arrays.values())),
        float(max(np.nanmax(of[name]) for of in arrays.values())),
    ]
