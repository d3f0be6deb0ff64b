"""Scores of a language model."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Language(Evaluation):
    """``nats_per_character``, ``bits_per_character`` and ``perplexity``.

    The mean over characters of ``-log p`` of the character that came, given those before it in its window; the
    same over ``ln 2``; and its exponential. The first characters of a window have little context, which a model that
    reads on from window to window would have.

    Source: Jurafsky & Martin (2024), Speech and Language Processing, section 3.3.
    """

    kind = "language"

    def pictures(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, "Figure"]:
        """``nats_by_position``: what the context is worth."""
        from groklab.evaluation.language_picture import nats_by_position

        return {"nats_by_position": nats_by_position(_by_position(predictions), split=predictions.split)}

    def plots(self, predictions: Predictions, *, names: Sequence[str] | None) -> dict[str, list[Row]]:
        """``nats_by_position``: characters of context and mean nats."""
        return {
            "nats_by_position": [
                {"context": context, "nats": nats} for context, nats in enumerate(_by_position(predictions), start=1)
            ]
        }

    def _measures(self) -> Mapping[str, Callable[[Predictions], float]]:
        return {
            "nats_per_character": _nats,
            "bits_per_character": lambda given: _nats(given) / np.log(2),
            "perplexity": lambda given: np.exp(_nats(given)),
        }

    def _undefined(self, predictions: Predictions, names: Sequence[str]) -> dict[str, str]:
        return {}


def _nats(given: Predictions) -> float:
    return float(-given.outputs[given.targets != 0].astype(np.float64).mean())


def _by_position(given: Predictions) -> list[float]:
    """Mean nats at each position that any text reaches."""
    there = given.targets != 0
    reached = there.any(0)
    sums = -np.where(there, given.outputs, 0).astype(np.float64).sum(0)
    means: list[float] = (sums[reached] / there.sum(0)[reached]).tolist()
    return means
