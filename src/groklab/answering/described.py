"""Examples as lines of text."""

from collections.abc import Sequence

import numpy as np

from groklab.answering.trained import Trained
from groklab.data.vocabulary import Vocabulary

TEXTS_SHOWN = 8


def describe(run: Trained, rows: Sequence[int]) -> list[str] | None:
    """Rows of the test part: their text, or columns with values, the most unusual first; None for what has neither.

    How unusual a value is, is its distance from the training part's mean in deviations.
    """
    x, card = run.prepared.open("test").x, run.prepared.card
    encoder = run.prepared.encoder(run.dataset)
    if isinstance(encoder, Vocabulary):
        return [encoder.decode(x[row].tolist()) for row in rows]
    if card.feature_names is None or x.ndim != 2:
        return None
    mean, deviation = (np.asarray(card.statistics[name]) for name in ("x_mean", "x_std"))
    lines = []
    for row in rows:
        order = np.argsort(-np.abs(x[row] - mean) / deviation, kind="stable")
        lines.append(", ".join(f"{card.feature_names[column]} {x[row, column]:.4g}" for column in order))
    return lines
