"""What was said beside what should have been said: the fewest edits between two sequences."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

NONE = 0  # the symbol that is none


class Pair(NamedTuple):
    """A symbol of the reference and the one that was said for it; ``NONE`` if it was left out, or put in."""

    actual: int
    said: int


def num_edits(reference: Sequence[Hashable], said: Sequence[Hashable]) -> int:
    """Substitutions, insertions and deletions, at least so many.

    Source: Levenshtein (1966), Soviet Physics Doklady 10(8).
    """
    return int(Levenshtein.distance(reference, said))


def aligned(reference: Sequence[int], said: Sequence[int]) -> list[Pair]:
    """The two sequences side by side, with as few pairs that differ as there can be."""
    pairs: list[Pair] = []
    for operation in Levenshtein.opcodes(reference, said):
        actual = reference[operation.src_start : operation.src_end]
        found = said[operation.dest_start : operation.dest_end]
        length = max(len(actual), len(found))
        filled = ([*of, *[NONE] * (length - len(of))] for of in (actual, found))
        pairs += [Pair(*pair) for pair in zip(*filled, strict=True)]
    return pairs


def transcripts(rows: NDArray[Any]) -> Iterator[list[int]]:
    """Symbols of each row, without the 0 after their end."""
    for row in rows:
        yield row[row != NONE].tolist()


def edits_and_lengths(outputs: NDArray[Any], targets: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edits and symbols of the reference, of each example."""
    pairs = list(zip(transcripts(targets), transcripts(outputs), strict=True))
    edits = np.array([num_edits(reference, said) for reference, said in pairs], np.int64)
    return edits, np.array([len(reference) for reference, _ in pairs], np.int64)
