"""Scores of transcripts."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import PositiveInt

from groklab.evaluation.ctc_decoding import Decoder
from groklab.evaluation.edits import NONE, aligned, edits_and_lengths, num_edits, transcripts
from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Unit = Literal["word", "character"]
ABSENT = "(none)"


class Transcription(Evaluation):
    """``word_error_rate``, ``character_error_rate`` and ``sentence_error_rate``; how outputs are decoded for them.

    An error rate is the fewest substitutions, insertions and deletions that make what was said the reference, over
    the length of the reference, both summed over all examples; it can be above 1. Characters are those of the words
    with one space between them. Of symbols that are characters, words are what stands between spaces, and their rate is
    ``word_error_rate_at_spaces``. A sentence is wrong if any symbol is.

    The decoder is no part of what is trained: with another one the same network is scored again.

    Args:
        unit: What a symbol is: ``word`` or ``character``.
        decoder: ``greedy`` (the best symbol of each step) or ``beam`` (the best transcript in a beam).
        beam_width: Beginnings of transcripts that a beam keeps.

    Source: the rates as NIST's sclite has them, each edit at the cost of 1; :mod:`groklab.evaluation.ctc_decoding`.
    """

    kind = "transcription"

    def __init__(self, *, unit: Unit = "word", decoder: Decoder = "beam", beam_width: PositiveInt = 8) -> None:
        self.unit, self.decoder, self.beam_width = unit, decoder, beam_width

    def score(self, predictions: Predictions, *, names: Sequence[str] | None = None) -> dict[str, float | None]:
        """Every rate; those that need the symbols' spelling are None without ``names``."""
        undefined = self.undefined(predictions, names=names)
        known = list(names or ())
        return {
            name: None if name in undefined else measure(predictions, known) for name, measure in self._rates().items()
        }

    def text(self, symbols: Sequence[int], names: Sequence[str]) -> str:
        """A transcript as it is written; symbols are numbered from 1."""
        return (" " if self.unit == "word" else "").join(names[symbol - 1] for symbol in symbols)

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``edits``: what was said for what; ``errors_by_length``."""
        from groklab.evaluation.transcription_pictures import edits_picture, errors_by_length

        return {
            "edits": edits_picture(self._pairs(predictions, names), unit=self.unit, split=predictions.split),
            "errors_by_length": errors_by_length(
                *edits_and_lengths(predictions.outputs, predictions.targets), unit=self.unit, split=predictions.split
            ),
        }

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``edits``: each symbol of the references beside what was said; ``(none)`` for what was left out or put in."""
        return {"edits": [{"actual": actual, "predicted": said} for actual, said in self._pairs(predictions, names)]}

    def _pairs(self, predictions: Predictions, names: Sequence[str] | None) -> list[tuple[str, str]]:
        most = int(max(predictions.outputs.max(), predictions.targets.max()))
        known = [ABSENT, *(names or map(str, range(1, most + 1)))]
        both = zip(transcripts(predictions.targets), transcripts(predictions.outputs), strict=True)
        return [(known[pair.actual], known[pair.said]) for reference, said in both for pair in aligned(reference, said)]

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {name: lambda given, rate=rate: rate(given, []) for name, rate in self._rates().items()}  # type: ignore[misc]

    def _rates(self) -> Mapping[str, Callable[[Predictions, Sequence[str]], float]]:
        if self.unit == "character":
            return {
                "character_error_rate": _of_symbols,
                "word_error_rate_at_spaces": lambda given, names: self._of_texts(given, names, words=True),
                "sentence_error_rate": _of_sentences,
            }
        return {
            "word_error_rate": _of_symbols,
            "character_error_rate": lambda given, names: self._of_texts(given, names, words=False),
            "sentence_error_rate": _of_sentences,
        }

    def _of_texts(self, given: Predictions, names: Sequence[str], *, words: bool) -> float:
        """The rate over words or characters of what is written."""
        edits = length = 0
        for symbols in zip(transcripts(given.targets), transcripts(given.outputs), strict=True):
            reference, said = (self.text(of, names) for of in symbols)
            edits += num_edits(reference.split(), said.split()) if words else num_edits(reference, said)
            length += len(reference.split() if words else reference)
        return edits / length

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        reasons = {}
        if not names:
            spelled = "word_error_rate_at_spaces" if self.unit == "character" else "character_error_rate"
            reasons[spelled] = "the symbols have no names, so they cannot be spelled"
        if not (predictions.targets != NONE).any():
            reasons |= dict.fromkeys(self._rates(), f"the {predictions.split} split holds no symbol")
        return reasons


def _of_symbols(given: Predictions, names: Sequence[str]) -> float:
    edits, lengths = edits_and_lengths(given.outputs, given.targets)
    return float(edits.sum() / lengths.sum())


def _of_sentences(given: Predictions, names: Sequence[str]) -> float:
    edits, _ = edits_and_lengths(given.outputs, given.targets)
    return float(np.mean(edits > 0))
