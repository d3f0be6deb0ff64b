"""What a data set is: constructor arguments, a licence and a way to load it."""

import inspect
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from jaxtyping import Shaped
from pydantic import Field

from groklab.files import digest

Kind = Literal["classification", "regression"]
Fraction = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class Raw:
    """A data set as its source gives it, before cleaning and splitting.

    Args:
        x: Examples; uint8 is kept (images in 0..255), every other type of number becomes float32.
        y: Class numbers from 0 (classification) or targets in their own units (regression).
        groups: What must not be torn apart (patient, speaker, film), one value an example; ``None`` if there
            is none.
        class_names: Names of classes 0, 1, ...
        feature_names: Names of the columns of a table.
        target_names: Names of the columns of ``y`` (regression).
        source: Where the bytes came from, without paths of this machine.
        source_sha256: Hash of those bytes; several files are separated by ", ".
    """

    x: Shaped[np.ndarray, " examples *shape"]
    y: Shaped[np.ndarray, " examples *targets"]
    _: KW_ONLY
    groups: Shaped[np.ndarray, " examples"] | None = None
    class_names: Sequence[str] | None = None
    feature_names: Sequence[str] | None = None
    target_names: Sequence[str] | None = None
    source: str
    source_sha256: str


class DataSet(ABC):
    """What ``prepare`` can write. A subclass gives ``kind``, ``licence``, ``citation`` and ``load``.

    Each constructor argument is kept as an attribute of the same name: they make up the config digest.

    Args:
        name: Name of the prepared folder; letters, digits, ``_``, ``-`` and inner dots.
        shape: Of one example: [features] or [channels, height, width].
        num_features: Numbers in one example, the product of ``shape``.
        num_outputs: Classes, or columns of the target.
        val_fraction: Share of the examples that chooses the best epoch and settings.
        test_fraction: Share of the examples that is scored once, at the end.
        split_seed: Seed of the split, and of nothing else.

    Raises:
        ValueError: An argument is out of its range or does not agree with another.

    Example:
        >>> from groklab.data.digits import Digits
        >>> digits = Digits(name="digits", shape=[1, 8, 8], num_features=64, num_outputs=10,
        ...                 val_fraction=0.16, test_fraction=0.2)
        >>> digits.load().x.shape
        (1797, 1, 8, 8)
    """

    kind: ClassVar[Kind]
    licence: ClassVar[str]
    citation: ClassVar[str]

    def __init__(
        self,
        *,
        name: str,
        shape: list[int],
        num_features: int,
        num_outputs: int,
        val_fraction: Fraction,
        test_fraction: Fraction,
        split_seed: int = 0,
    ) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", name):
            raise ValueError(f"name={name!r} names a folder: use letters, digits, _, - and inner dots")
        if not shape or min(shape) < 1 or math.prod(shape) != num_features:
            raise ValueError(
                f"shape={list(shape)} must be positive sizes whose product is num_features={num_features}"
            )
        if num_outputs < 1:
            raise ValueError(f"num_outputs={num_outputs} must be at least 1")
        for key, fraction in (("val_fraction", val_fraction), ("test_fraction", test_fraction)):
            if not 0 < fraction < 1:
                raise ValueError(f"{key}={fraction} must lie between 0 and 1, both excluded")
        if val_fraction + test_fraction >= 1:
            raise ValueError(
                f"val_fraction={val_fraction} and test_fraction={test_fraction} leave nothing to train on; "
                "their sum must be below 1"
            )
        self.name = name
        self.shape = tuple(shape)
        self.num_features = num_features
        self.num_outputs = num_outputs
        self.val_fraction = val_fraction
        self.test_fraction = test_fraction
        self.split_seed = split_seed

    @abstractmethod
    def load(self) -> Raw:
        """Fetch and parse the data.

        Raises:
            UserError: No source has the right bytes.
        """

    def config_digest(self) -> str:
        """Hex SHA-256 of the class and its constructor arguments.

        Raises:
            TypeError: A constructor argument is not kept as an attribute of the same name.
        """
        arguments: dict[str, Any] = {}
        for key in inspect.signature(type(self)).parameters:
            if not hasattr(self, key):
                raise TypeError(f"{type(self).__qualname__} does not keep its argument {key} as self.{key}")
            arguments[key] = getattr(self, key)
        return digest([f"{type(self).__module__}.{type(self).__qualname__}", arguments])
