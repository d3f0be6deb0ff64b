"""From the log-probabilities of each step to symbols, as connectionist temporal classification (CTC) reads them."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, Int64

Array = np.ndarray[Any, Any]
Decoder = Literal["greedy", "beam"]
_BLANK = 0
_LEAST = -14.0  # nats; a symbol less probable than 1e-6 at a step is not followed


def decode(
    log_probabilities: Float[np.ndarray, "examples steps outputs"], *, decoder: Decoder, beam_width: int
) -> list[list[int]]:
    """Symbols of each example.

    Args:
        log_probabilities: In nats; output 0 is the blank.
        decoder: ``greedy`` or ``beam``.
        beam_width: Beginnings of transcripts that a beam keeps.
    """
    if decoder == "greedy":
        return [greedy(example) for example in log_probabilities]
    return [beam(example, width=beam_width) for example in log_probabilities]


def greedy(log_probabilities: Float[np.ndarray, "steps outputs"]) -> list[int]:
    """The symbols of the most probable path: of each step its best, repetitions made one, blanks left out.

    Source: Graves et al. (2006), ICML, section 3.2, best path decoding.
    """
    path = log_probabilities.argmax(axis=1).tolist()
    return [symbol for before, symbol in zip([_BLANK, *path], path, strict=False) if symbol not in (_BLANK, before)]


def beam(log_probabilities: Float[np.ndarray, "steps outputs"], *, width: int) -> list[int]:
    """The most probable transcript, its alignments summed, among those that are in the beam at every step.

    Of each beginning the probability is kept apart of those alignments that end in a blank, after which the last
    symbol may come again, and of those that do not.

    Args:
        log_probabilities: In nats; output 0 is the blank.
        width: Beginnings that are kept at each step, >= 1.

    Source: Hannun et al. (2014), arXiv:1408.2873, algorithm 1, without a language model.
    """
    known: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, -math.inf)}
    for step in log_probabilities:
        likely = [(symbol, float(step[symbol])) for symbol in np.flatnonzero(step > _LEAST).tolist()]
        blanks: dict[tuple[int, ...], float] = defaultdict(lambda: -math.inf)
        symbols: dict[tuple[int, ...], float] = defaultdict(lambda: -math.inf)
        for start, (in_blank, in_symbol) in known.items():
            either = _sum(in_blank, in_symbol)
            for symbol, chance in likely:
                if symbol == _BLANK:
                    blanks[start] = _sum(blanks[start], either + chance)
                elif start and start[-1] == symbol:
                    symbols[start] = _sum(symbols[start], in_symbol + chance)
                    symbols[*start, symbol] = _sum(symbols[*start, symbol], in_blank + chance)
                else:
                    symbols[*start, symbol] = _sum(symbols[*start, symbol], either + chance)
        found = {start: (blanks[start], symbols[start]) for start in {**blanks, **symbols}}
        best = sorted(found, key=lambda start: (-_sum(*found[start]), start))[:width]  # of equals the first symbols
        known = {start: found[start] for start in best}
    return list(next(iter(known)))


def as_rows(transcripts: Sequence[Sequence[int]]) -> Int64[np.ndarray, "examples most"]:
    """Transcripts as rows, 0 after the end of each; one column at least."""
    rows = np.zeros((len(transcripts), max([1, *map(len, transcripts)])), np.int64)
    for row, symbols in enumerate(transcripts):
        rows[row, : len(symbols)] = symbols
    return rows


def _sum(a: float, b: float) -> float:
    """``log(exp(a) + exp(b))``."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))
