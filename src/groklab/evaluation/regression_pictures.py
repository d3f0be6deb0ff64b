"""Where predicted values miss."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from groklab.evaluation.drawing import BLUE, BROWN, examples, new_figure, shorten, style, subtitle
from groklab.evaluation.predictions import Predictions

_MINUS = "\N{MINUS SIGN}"
_MOST_TARGETS = 4
_PANEL_INCH = 3.6


def residuals(predictions: Predictions, names: Sequence[str]) -> Figure:
    """Actual less predicted over predicted, and how that is spread; a row a target, at most four."""
    shown = min(len(names), _MOST_TARGETS)
    num_bins = int(np.clip(np.sqrt(predictions.num_examples), 5, 40))
    with style():
        figure = new_figure(height_inch=0.5 + _PANEL_INCH * shown)
        panels = figure.subplots(shown, 2, sharey="row", squeeze=False, width_ratios=(3, 1))
        for number, (left, right) in enumerate(panels):
            actual, said = predictions.targets[:, number], predictions.outputs[:, number]
            _scatter(left, said, actual - said)
            left.axhline(0, color=BROWN, linewidth=1.5)
            left.set(xlabel=f"predicted {shorten(names[number], 24)}", ylabel=f"actual {_MINUS} predicted")
            right.hist(actual - said, bins=num_bins, orientation="horizontal", color=BLUE, edgecolor="white", lw=0.4)
            right.axhline(0, color=BROWN, linewidth=1.5)
            right.set_xlabel("examples")
            right.tick_params(axis="y", length=0)
            right.grid(axis="x")
        _title(figure, "Residuals", predictions, len(names))
        return figure


def predicted_vs_actual(predictions: Predictions, names: Sequence[str]) -> Figure:
    """Predicted over actual, against the diagonal of a perfect model; one panel a target, at most four."""
    shown = min(len(names), _MOST_TARGETS)
    with style():
        figure = new_figure(height_inch=0.5 + (_PANEL_INCH + 0.6) * shown)
        panels = figure.subplots(shown, 1, squeeze=False)[:, 0]
        for number, axes in enumerate(panels):
            actual, said = predictions.targets[:, number], predictions.outputs[:, number]
            _scatter(axes, actual, said)
            ends = (min(actual.min(), said.min()), max(actual.max(), said.max()))
            axes.plot(ends, ends, color=BROWN, linewidth=1.5, linestyle=(0, (4, 3)), label="perfect")
            name = shorten(names[number], 24)
            axes.set(xlabel=f"actual {name}", ylabel=f"predicted {name}")
            axes.set_aspect("equal", adjustable="datalim")
            axes.legend(loc="upper left")
        _title(figure, "Predicted against actual", predictions, len(names))
        return figure


def _scatter(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    alpha = float(np.clip(12 / np.sqrt(len(x)), 0.08, 0.7))
    axes.scatter(x, y, s=22 if len(x) < 2000 else 8, color=BLUE, alpha=alpha, linewidths=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.grid()


def _title(figure: Figure, title: str, predictions: Predictions, targets: int) -> None:
    detail = examples(predictions.num_examples, predictions.split)
    if targets > _MOST_TARGETS:
        detail += f"; the first {_MOST_TARGETS} of {targets} targets"
    subtitle(figure.axes[0], title, detail)
