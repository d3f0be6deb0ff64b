"""Images side by side."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from groklab.evaluation.drawing import new_figure, shorten, style

_MOST_ROWS = 12


def image_grid(images: NDArray[Any], title: str, rows: Sequence[str]) -> Figure:
    """Images [rows, columns, channels, height, width] of 0..255, or of any other range, under a title.

    Args:
        images: At most twelve rows are shown.
        title: Of the picture.
        rows: Names of the rows; none for none.
    """
    images = images[:_MOST_ROWS]
    with style():
        height = images.shape[3]
        joined = joined_images(images)
        inches = 4.2 * joined.shape[0] / joined.shape[1]
        figure = new_figure(height_inch=0.5 + inches)
        axes = figure.subplots()
        axes.imshow(joined, cmap="gray", interpolation="nearest")
        axes.set_xticks([])
        axes.set_yticks([(height + 1) * row + height / 2 for row in range(len(images))] if rows else [])
        axes.set_yticklabels([shorten(name, 10) for name in rows[: len(images)]])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_title(title, pad=8)
        return figure


def joined_images(images: NDArray[Any]) -> NDArray[np.uint8]:
    """One image of all, a pixel of white between two: [height, width], or [height, width, 3] of colours."""
    shown = images.astype(np.float64)
    if images.dtype != np.uint8 and not (shown.min() >= 0 and 1 < shown.max() <= 255):
        shown = 255 * (shown - shown.min()) / max(shown.max() - shown.min(), 1e-12)
    num_rows, num_columns, channels, height, width = shown.shape
    canvas = np.full((channels, num_rows * (height + 1) - 1, num_columns * (width + 1) - 1), 255, np.uint8)
    for row in range(num_rows):
        for column in range(num_columns):
            top, left = row * (height + 1), column * (width + 1)
            canvas[:, top : top + height, left : left + width] = np.rint(shown[row, column])
    return canvas.transpose(1, 2, 0) if channels == 3 else canvas[0]
