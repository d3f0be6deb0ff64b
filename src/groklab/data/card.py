"""The card of a prepared data set: what it holds, where it is from, how it was cleaned and split."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError, with_config

from groklab.errors import UserError
from groklab.files import digest, read_json, sha256, write_json
from groklab.kinds import Kind

Split = Literal["train", "val", "test"]
CARD, CARD_HASH = "card.json", "card.json.sha256"


@with_config({"extra": "forbid"})
@dataclass(frozen=True)
class Card:
    """All that is known of a prepared data set without opening its arrays.

    Args:
        name: Of the data set and of its folder.
        kind: What is predicted.
        inputs: ``numbers``, ``frames`` [time, features], NaN where there is none, or ``tokens``, 0 where there is none.
        shape: Of one example.
        num_features: Numbers in one example.
        num_outputs: Classes, or columns of the target.
        class_names: Names of classes 0, 1, ... (classification).
        feature_names: Names of a table's columns, or ``None``.
        target_names: Names of the target's columns (regression), or ``None``.
        overlap: So many examples in a row share targets, as the windows of a series do; 1 for none.
        counts: Examples in each part.
        class_counts: Examples of each class in each part (classification).
        ranges: ``x`` and ``y`` as [lowest, highest] over all parts; ``y`` is ``None`` for classes.
        statistics: ``x_mean``, ``x_std``, ``y_mean``, ``y_std`` of the training part; where pixels are shuffled also
            ``pixel_order``, for each position [height * width] the one whose pixel comes there.
        cleaning: ``rows_in``, ``rows_out``, ``duplicates_removed``, ``conflicting_labels_removed``,
            ``rules``.
        licence: Under which the data may be used.
        citation: Of the data's authors.
        source: Where the bytes came from.
        source_sha256: Their hash.
        split: ``val_fraction``, ``test_fraction``, ``seed``; of a fold also ``fold`` and ``folds``.
        config_digest: Of the data set's class and constructor arguments.
        arrays: SHA-256 of each array's file, and of the encoder's, by path within the folder; of the order of pixels.
        fingerprint: Hash over name and arrays.
    """

    name: str
    kind: Kind
    inputs: Literal["numbers", "frames", "tokens"]
    shape: list[int]
    num_features: int
    num_outputs: int
    class_names: list[str] | None
    feature_names: list[str] | None
    target_names: list[str] | None
    overlap: int
    counts: dict[Split, int]
    class_counts: dict[Split, dict[str, int]] | None
    ranges: dict[Literal["x", "y"], list[float] | None]
    statistics: dict[str, Any]
    cleaning: dict[str, Any]
    licence: str
    citation: str
    source: str
    source_sha256: str
    split: dict[str, float | int | None]
    config_digest: str
    arrays: dict[str, str]
    fingerprint: str

    @classmethod
    def read(cls, path: Path) -> "Card":
        """The card in a JSON file.

        Raises:
            UserError: The file is absent, is no JSON or is no card.
        """
        try:
            return TypeAdapter(cls).validate_python(read_json(path))
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in fault["loc"])
            raise UserError(f"{path}: is no data card: {key}: {fault['msg']}; run prepare again") from None

    def write(self, path: Path) -> None:
        """Write the card as JSON, whole or not at all.

        Raises:
            UserError: The folder cannot be written or is full.
        """
        write_json(path, asdict(self))


def fingerprint(name: str, arrays: dict[str, str]) -> str:
    """Hex SHA-256 over a data set's name and the hashes of its arrays: what a run's identity is made from."""
    return digest([name, arrays])


def hash_line(card: Path) -> bytes:
    """What ``sha256sum`` prints of a card; the arrays' hashes are in the card, its own lies beside it."""
    return f"{sha256(card)}  {card.name}\n".encode()
