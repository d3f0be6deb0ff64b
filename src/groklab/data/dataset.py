"""What a data set is: constructor arguments, a licence and a way to load it."""

import inspect
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Shaped
from pydantic import Field

from groklab.data.card import Split
from groklab.data.encoding import Encoder
from groklab.data.inputs import read_numbers, read_texts
from groklab.data.statistics import Scales, statistics
from groklab.data.variation import Noise, Share, Variation
from groklab.files import digest
from groklab.kinds import Kind

Inputs = Literal["numbers", "frames", "tokens"]
Fraction = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class Raw:
    """A data set as its source gives it, before cleaning and splitting.

    Args:
        x: Examples; uint8 is kept (images in 0..255), every other type of number becomes float32. Frames
            [time, features] that an example lacks are NaN, at its end. What an encoder is to turn into numbers
            is a text or a list of cells, in an array of objects; photographs of any size (super-resolution) are
            uint8 [channels, height, width] in one.
        y: Class numbers from 0 (classification), targets in their own units (regression), boxes (detection) or
            symbols (transcription) as in :mod:`groklab.data.annotations`, or zeros.
        groups: What must not be torn apart (patient, speaker, film), one value an example; ``None`` if there
            is none.
        split: ``train``, ``val`` or ``test`` for an example whose part its source fixes, else an empty text;
            ``None`` if no part is fixed. A fixed test part is left as it is.
        class_names: Names of classes 0, 1, ...; of symbols 1, 2, ... (transcription).
        feature_names: Names of the columns of a table.
        target_names: Names of the columns of ``y`` (regression).
        source: Where the bytes came from, without paths of this machine.
        source_sha256: Hash of those bytes; several files are separated by ", ".
        rules: What was done to the data while they were read, a sentence each, for the data card.
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *targets"]
    _: KW_ONLY
    groups: Shaped[np.ndarray, " examples"] | None = None
    split: Shaped[np.ndarray, " examples"] | None = None
    class_names: Sequence[str] | None = None
    feature_names: Sequence[str] | None = None
    target_names: Sequence[str] | None = None
    source: str
    source_sha256: str
    rules: Sequence[str] = ()


class DataSet(ABC):
    """What ``prepare`` can write. A subclass gives ``kind``, ``inputs``, ``licence``, ``citation`` and ``load``.

    Each constructor argument is kept as an attribute of the same name: they make up the config digest.

    Args:
        name: Name of the prepared folder; letters, digits, ``_``, ``-`` and inner dots.
        shape: Of one example: [features], [channels, height, width], [time, features] of frames or [length] of
            tokens; ``None`` where only the data tell, and so for the two below.
        num_features: Numbers in one example, the product of ``shape``.
        num_outputs: Classes, columns of the target, or tokens that may come next.
        val_fraction: Share of the examples that chooses the best epoch and settings; ``None`` where the source
            fixes that part.
        test_fraction: Share of the examples that is scored once, at the end; ``None`` likewise. Shares are of
            the examples that are in no fixed part.
        split_seed: Seed of the split, and of what the next three draw.
        train_fraction: Share of the training part that is kept, each class in its proportion; what a smaller share
            keeps, a larger one keeps too. Validation and test parts stay as they are.
        label_noise: Share of the labels of the training part that are replaced by another class (classification).
        shuffle_pixels: Whether networks see the pixels of all images in one random order (classification, regression).

    Raises:
        ValueError: An argument is out of its range or does not agree with another.

    Example:
        >>> from groklab.data.digits import Digits
        >>> digits = Digits(name="digits", shape=[1, 8, 8], num_features=64, num_outputs=10,
        ...                 val_fraction=0.16, test_fraction=0.2)
        >>> digits.load().x.shape
        (1797, 1, 8, 8)
    """

    kind: Kind
    inputs: ClassVar[Inputs] = "numbers"
    overlap: int = 1  # so many examples in a row share targets
    loads_share: ClassVar[bool] = False  # whether load() itself keeps but a share of the training part
    licence: ClassVar[str]
    citation: ClassVar[str]

    def __init__(
        self,
        *,
        name: str,
        shape: list[int] | None,
        num_features: int | None,
        num_outputs: int | None,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        train_fraction: Share = 1.0,
        label_noise: Noise = 0.0,
        shuffle_pixels: bool = False,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name):
            raise ValueError(f"name={name!r} names a folder: use letters, digits, _, - and inner dots")
        if shape is not None and (not shape or min(shape) < 1 or math.prod(shape) != num_features):
            raise ValueError(f"shape={list(shape)} must be positive sizes whose product is num_features={num_features}")
        if num_outputs is not None and num_outputs < 1:
            raise ValueError(f"num_outputs={num_outputs} must be at least 1")
        for key, fraction in (("val_fraction", val_fraction), ("test_fraction", test_fraction)):
            if fraction is not None and not 0 < fraction < 1:
                raise ValueError(f"{key}={fraction} must lie between 0 and 1, both excluded")
        if (val_fraction or 0) + (test_fraction or 0) >= 1:
            raise ValueError(
                f"val_fraction={val_fraction} and test_fraction={test_fraction} leave nothing to train on; "
                "their sum must be below 1"
            )
        if not 0 < train_fraction <= 1:
            raise ValueError(f"train_fraction={train_fraction} must be above 0 and at most 1")
        if not 0 <= label_noise < 1:
            raise ValueError(f"label_noise={label_noise} must be at least 0 and below 1")
        self.name = name
        self.shape = None if shape is None else tuple(shape)
        self.num_features = num_features
        self.num_outputs = num_outputs
        self.val_fraction = val_fraction
        self.test_fraction = test_fraction
        self.split_seed = split_seed
        self.train_fraction, self.label_noise, self.shuffle_pixels = train_fraction, label_noise, shuffle_pixels

    @abstractmethod
    def load(self) -> Raw:
        """Fetch and parse the data.

        Raises:
            UserError: No source has the right bytes.
        """

    def read_inputs(self, path: Path) -> tuple[Shaped[np.ndarray, " examples *shape"], list[str]]:
        """New examples in a user's file or folder, as ``load`` gives them, and a name for each.

        Raises:
            UserError: They cannot be read as examples of this data set.
        """
        if self.inputs == "tokens":
            return read_texts(path)
        assert self.shape is not None, "data with a form of their own read it themselves"
        return read_numbers(path, self.shape)

    def examples(
        self, part: Split, x: Shaped[np.ndarray, " examples *shape"], y: Shaped[np.ndarray, " examples *outputs"]
    ) -> tuple[Shaped[np.ndarray, " more *shape"], Shaped[np.ndarray, " more *outputs"]]:
        """The examples of a part, once it is known what is in which: pieces cut after the split cannot leak."""
        return x, y

    def why_no_folds(self, raw: Raw) -> str | None:
        """Why what is trained on and validated on cannot be dealt out anew; ``None`` if it can."""
        return None

    def encoder(self) -> Encoder | None:
        """What turns texts or tables into numbers, once it has seen the training part; ``None`` for numbers."""
        return None

    def scaling(self, x: Shaped[np.ndarray, " examples *shape"], y: Shaped[np.ndarray, " examples *outputs"]) -> Scales:
        """Numbers that standardize inputs and targets, from the training part: :mod:`groklab.data.statistics`."""
        return statistics(
            None if self.inputs == "tokens" else x,
            y if self.kind == "regression" else None,
            axes=(0, 2, 3) if x.ndim == 4 else (0, 1) if self.inputs == "frames" else (0,),
        )

    def config_digest(self) -> str:
        """Hex SHA-256 of the class and its constructor arguments.

        Raises:
            TypeError: A constructor argument is not kept as an attribute of the same name.
        """
        return digest([f"{type(self).__module__}.{type(self).__qualname__}", self.arguments()])

    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments by name.

        Raises:
            TypeError: One is not kept as an attribute of the same name.
        """
        parameters = inspect.signature(type(self)).parameters.values()
        names = [item.name for item in parameters if item.kind is not inspect.Parameter.VAR_KEYWORD]
        for key in names:
            if not hasattr(self, key):
                raise TypeError(f"{type(self).__qualname__} does not keep its argument {key} as self.{key}")
        return {key: getattr(self, key) for key in (*names, *Variation.__annotations__)}
