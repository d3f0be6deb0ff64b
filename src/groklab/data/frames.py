"""Sequences of unequal length in one array."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32, Shaped

Array = np.ndarray[Any, Any]


def pad(
    sequences: Sequence[Shaped[np.ndarray, "time features"]], length: int | None = None
) -> tuple[Float32[np.ndarray, "examples length features"], int]:
    """The sequences with NaN after their ends, and how many were cut.

    Args:
        sequences: At least one.
        length: Frames that are kept of each, from its start; ``None`` for the longest's.
    """
    longest = max(map(len, sequences))
    length = longest if length is None else length
    padded: Array = np.full((len(sequences), length, sequences[0].shape[1]), np.nan, np.float32)
    for row, sequence in enumerate(sequences):
        padded[row, : len(sequence)] = sequence[:length]
    return padded, sum(len(sequence) > length for sequence in sequences)
