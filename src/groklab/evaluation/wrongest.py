"""The examples on which a network was most wrong."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from groklab.evaluation.drawing import examples, new_figure, shorten, style
from groklab.evaluation.predictions import Predictions

_COLUMNS = 4


def wrongest(predictions: Predictions, count: int) -> NDArray[np.intp]:
    """Up to ``count`` rows with a wrong answer, the most certain first; of equals the first."""
    said = predictions.outputs.argmax(1)
    wrong = np.flatnonzero(said != predictions.targets)
    order = np.argsort(-predictions.outputs[wrong, said[wrong]], kind="stable")
    return np.asarray(wrong[order[:count]])


def wrongest_pictures(
    x: NDArray[Any], predictions: Predictions, names: Sequence[str], *, count: int = 12
) -> Figure | None:
    """The images [n, channels, height, width], or frames [n, time, features], under what was said of them.

    None where every answer is right.
    """
    rows = wrongest(predictions, count)
    if not len(rows):
        return None
    with style():
        height = -(-len(rows) // _COLUMNS)
        figure = new_figure(height_inch=0.5 + 1.45 * height)
        panels = figure.subplots(height, _COLUMNS, squeeze=False).ravel()
        for panel in panels:
            panel.set_axis_off()
        for panel, row in zip(panels, rows, strict=False):
            said = int(predictions.outputs[row].argmax())
            panel.imshow(_as_image(np.asarray(x[row])), cmap="gray", aspect="auto" if x.ndim == 3 else "equal")
            actual, answer = (shorten(names[number], 9) for number in (int(predictions.targets[row]), said))
            panel.set_title(f"{actual} as {answer}\n{predictions.outputs[row, said]:.0%}", fontsize=8, weight="normal")
        wrong = int((predictions.outputs.argmax(1) != predictions.targets).sum())
        of = examples(predictions.num_examples, predictions.split)
        figure.suptitle(f"Most certain of {wrong:,} wrong answers on {of}", fontsize=10, x=0.02, ha="left")
    return figure


def wrongest_texts(texts: Sequence[str], predictions: Predictions, names: Sequence[str]) -> str:
    """One line a text: what it is, what was said with which confidence, and its start.

    Args:
        texts: Those of the rows that ``wrongest`` gives, in its order.
        predictions: What was said.
        names: Of the classes.
    """
    lines = []
    for text, row in zip(texts, wrongest(predictions, len(texts)), strict=True):
        said = int(predictions.outputs[row].argmax())
        actual, confidence = names[int(predictions.targets[row])], predictions.outputs[row, said]
        lines.append(f"{actual} taken for {names[said]} ({confidence:.0%}): {shorten(text, 240)}\n")
    return "\n".join(lines)


def farthest(predictions: Predictions, count: int) -> NDArray[np.intp]:
    """Up to ``count`` rows of a single target, the largest error first; of equals the first."""
    errors = np.abs(predictions.outputs - predictions.targets)[:, 0]
    return np.argsort(-errors, kind="stable")[:count]


def farthest_texts(texts: Sequence[str], predictions: Predictions) -> str:
    """One line a text: the target, what was said, and its start.

    Args:
        texts: Those of the rows that ``farthest`` gives, in its order.
        predictions: What was said.
    """
    lines = []
    for text, row in zip(texts, farthest(predictions, len(texts)), strict=True):
        target, said = predictions.targets[row, 0], predictions.outputs[row, 0]
        lines.append(f"{target:.4g} taken for {said:.4g}: {shorten(text, 240)}\n")
    return "\n".join(lines)


def _as_image(example: NDArray[Any]) -> NDArray[Any]:
    if example.ndim == 2:  # frames: time to the right, the first feature at the bottom
        return np.asarray(example[~np.isnan(example).all(axis=1)].T[::-1])
    if example.shape[0] == 3 and example.dtype == np.uint8:
        return np.asarray(example.transpose(1, 2, 0))
    return np.asarray(example[0])
