"""What is taken for what."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from sklearn.metrics import confusion_matrix

from groklab.evaluation.drawing import EMPTY, WIDTH_INCH, examples, new_figure, shorten, style, subtitle
from groklab.evaluation.predictions import Predictions

_MOST_NUMBERED, _MOST_NAMED = 20, 30
_WHITE_FROM = 0.55


def confusion_picture(predictions: Predictions, names: Sequence[str]) -> Figure:
    """Rows are actual classes, columns predicted ones; colour is the share of the row, a number the count.

    A class without an example has a grey row. Above 20 classes the cells carry no numbers.
    """
    size = predictions.num_outputs
    counts = confusion_matrix(predictions.targets, predictions.outputs.argmax(1), labels=range(size))
    totals = counts.sum(1, keepdims=True)
    shares = np.ma.masked_invalid(np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0))
    width = WIDTH_INCH if size <= 10 else min(WIDTH_INCH + 0.3 * (size - 10), 7.8)
    with style():
        figure = new_figure(width_inch=width, height_inch=width + 0.6)
        axes = figure.subplots()
        image = axes.imshow(shares, cmap=mpl.colormaps["Blues"].with_extremes(bad=EMPTY), vmin=0, vmax=1)
        bar = figure.colorbar(image, ax=axes, location="bottom", shrink=0.7, aspect=32, pad=0.02)
        bar.set_label("share of the actual class")
        bar.ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        bar.outline.set_visible(False)
        if size <= _MOST_NUMBERED:
            _write_counts(axes, counts, shares, width)
        _name_classes(axes, [shorten(name) for name in names])
        right = np.trace(counts) / counts.sum()
        detail = f"{right:.1%} of {examples(predictions.num_examples, predictions.split)} on the diagonal"
        subtitle(axes, "Confusion matrix", detail)
        return figure


def _write_counts(axes: Axes, counts: np.ndarray, shares: np.ndarray, width_inch: float) -> None:
    cell_points = 72 * (width_inch - 1) / len(counts)
    points = min(13.0, cell_points / (0.75 * max(2, len(str(counts.max())))))
    for (row, column), count in np.ndenumerate(counts):
        if count:
            color = "white" if shares[row, column] > _WHITE_FROM else "black"
            axes.text(column, row, str(count), color=color, fontsize=points, ha="center", va="center")


def _name_classes(axes: Axes, names: list[str]) -> None:
    axes.set_xlabel("predicted")
    axes.set_ylabel("actual")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if len(names) > _MOST_NAMED:
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(nbins=10, integer=True, prune="upper"))
            axis.set_major_formatter(lambda at, _: names[int(at)] if 0 <= at < len(names) else "")
    else:
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(names)), names)
        axes.set_xticks(np.arange(len(names) - 1) + 0.5, minor=True)
        axes.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=1)
        axes.tick_params(which="minor", length=0)
    if max(map(len, names)) * len(names) > 30:
        axes.tick_params(axis="x", rotation=90)
