"""Strings of words by their pauses: cut where it is quiet, then each piece classified by itself."""

from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import PositiveInt
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Energy = Literal["first", "mean"]
_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)
_SHORTEST = (2, 4, 8)  # frames
_TRIED = 500  # strings on which the ways to cut are compared


@dataclass(frozen=True)
class Cut:
    """How a string is cut.

    Args:
        energy: What says how loud a frame is: its ``first`` feature or the ``mean`` of all.
        threshold: What is loud, as a share of the way from the string's 5th to its 95th percentile.
        shortest: Pauses and words of fewer frames are none.
    """

    energy: Energy
    threshold: float
    shortest: int


class SegmentedWords(BaseEstimator):
    """Energy above a threshold makes a word; logistic regression says which, from means over slices of its time.

    Learnt from training strings alone: of all ways to cut, the one that finds the right number of words most often; the
    words of the strings that it cuts so are the examples of the classifier, in their order.

    Args:
        num_slices: Equal parts of a word's time whose mean features, and the number of its frames, describe it.

    Raises:
        ValueError: ``x`` is no frames, or no way to cut finds as many words as a string has.
    """

    units: ClassVar[Literal["data"]] = "data"
    _parameter_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *, num_slices: PositiveInt = 5) -> None:
        self.num_slices = num_slices

    def fit(self, x: ArrayLike, y: ArrayLike) -> "SegmentedWords":
        """Learn from frames [n, time, features], NaN where there is none, and symbols [n, most], 0 likewise."""
        strings, symbols = _strings(x), [row[row != 0] for row in np.asarray(y)]
        cuts = [Cut(*of) for of in product(_ENERGIES, _THRESHOLDS, _SHORTEST)]
        few = list(zip(strings, symbols, strict=True))[:_TRIED]
        right = [sum(len(pieces(of, cut)) == len(said) for of, said in few) for cut in cuts]
        self.cut_ = cuts[int(np.argmax(right))]
        found = [(of, pieces(of, self.cut_), said) for of, said in zip(strings, symbols, strict=True)]
        words = [
            (self._described(of[start:end]), symbol)
            for of, ends, said in found
            if len(ends) == len(said)
            for (start, end), symbol in zip(ends, said.tolist(), strict=True)
        ]
        if len({symbol for _, symbol in words}) < 2:
            raise ValueError("no string of the training part can be cut at pauses into as many words as it has")
        self._model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        self._model.fit(np.array([described for described, _ in words]), [symbol for _, symbol in words])
        return self

    def predict(self, x: ArrayLike) -> NDArray[np.int64]:
        """Symbols [n, most], 0 after the end."""
        strings = _strings(x)
        ends = [pieces(of, self.cut_) for of in strings]
        words = [self._described(of[start:end]) for of, cut in zip(strings, ends, strict=True) for start, end in cut]
        said = iter(self._model.predict(np.array(words)).tolist() if words else ())
        rows = np.zeros((len(strings), max([1, *map(len, ends)])), np.int64)
        for row, cut in enumerate(ends):
            rows[row, : len(cut)] = [next(said) for _ in cut]
        return rows

    def _described(self, word: NDArray[np.float64]) -> NDArray[np.float64]:
        edges = np.linspace(0, len(word), self.num_slices + 1)
        means = [word[int(start) : max(int(start) + 1, int(np.ceil(end)))].mean(0) for start, end in pairwise(edges)]
        return np.concatenate([*means, [len(word)]])


def pieces(string: NDArray[np.float64], cut: Cut) -> list[tuple[int, int]]:
    """First frame of each word, and the first after it."""
    energy = string[:, 0] if cut.energy == "first" else string.mean(1)
    low, high = np.percentile(energy, [5, 95])
    loud = energy > low + cut.threshold * (high - low)
    loud = _without_short_runs(
        _without_short_runs(loud, value=False, shortest=cut.shortest), value=True, shortest=cut.shortest
    )
    return [(start, end) for value, start, end in _runs(loud) if value]


def _without_short_runs(values: NDArray[np.bool_], *, value: bool, shortest: int) -> NDArray[np.bool_]:
    kept = values.copy()
    for found, start, end in _runs(values):
        if found == value and end - start < shortest:
            kept[start:end] = not value
    return kept


def _runs(values: NDArray[np.bool_]) -> list[tuple[bool, int, int]]:
    changes = np.flatnonzero(np.diff(values)) + 1
    edges = [0, *changes.tolist(), len(values)]
    return [(bool(values[start]), start, end) for start, end in pairwise(edges)]


def _strings(x: ArrayLike) -> list[NDArray[np.float64]]:
    frames = np.asarray(x, np.float64)
    if frames.ndim != 3:
        raise ValueError(f"x has the shape {frames.shape}; give [n, time, features]")
    return [of[~np.isnan(of).all(1)] for of in frames]


_ENERGIES: tuple[Energy, ...] = ("first", "mean")
