"""Forecasts beside what came, and how the error grows with the steps ahead."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from groklab.evaluation.drawing import BLUE, BROWN, examples, new_figure, style, subtitle
from groklab.evaluation.predictions import Predictions

_MOST_WINDOWS = 4
_PANEL_INCH = 1.7


def forecasts(targets: NDArray[np.float64], outputs: NDArray[np.float64], split: str, *, channels: int) -> Figure:
    """Truth and forecast over the steps ahead, for at most four windows from the first to the last.

    Args:
        targets: What came, [n, steps], of the first channel.
        outputs: What was forecast, alike.
        split: Of the windows.
        channels: How many there are, to say so.
    """
    shown = np.unique(np.linspace(0, len(targets) - 1, _MOST_WINDOWS).round().astype(int))
    steps = np.arange(1, targets.shape[1] + 1)
    marker = "o" if len(steps) < 4 else ""
    with style():
        figure = new_figure(height_inch=1.1 + _PANEL_INCH * len(shown))
        panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for axes, window in zip(panels, shown, strict=True):
            axes.plot(steps, targets[window], marker=marker, color=BROWN, linewidth=1.8, ls=(0, (4, 2)), label="actual")
            axes.plot(steps, outputs[window], marker=marker, color=BLUE, linewidth=2, label="forecast")
            axes.set_ylabel(f"window {window + 1:,}")
            axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
            axes.grid(axis="y")
        panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        panels[-1].set_xlabel("steps ahead")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        detail = f"{len(shown)} of {examples(len(targets), split)}"
        subtitle(panels[0], "Forecasts", detail + (f"; the first of {channels} channels" if channels > 1 else ""))
        return figure


def error_by_horizon(rmse: NDArray[np.float64], predictions: Predictions) -> Figure:
    """RMSE over the steps ahead, from 0.

    Args:
        rmse: Of steps 1, 2, ...
        predictions: What was scored.
    """
    steps = np.arange(1, len(rmse) + 1)
    with style():
        figure = new_figure(height_inch=3.6)
        axes = figure.subplots()
        axes.plot(steps, rmse, marker="o" if len(steps) < 4 else "", color=BLUE, linewidth=2)
        axes.set_ylim(bottom=0)
        axes.set(xlabel="steps ahead", ylabel="RMSE")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        axes.grid(axis="y")
        subtitle(axes, "Error by steps ahead", examples(predictions.num_examples, predictions.split))
        return figure
