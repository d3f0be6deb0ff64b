"""Drawn images beside held-out ones, as points."""

from typing import Any

from matplotlib.figure import Figure
from numpy.typing import NDArray

from groklab.evaluation.drawing import BLUE, BROWN, examples, new_figure, style, subtitle


def features_picture(drawn: NDArray[Any], held_out: NDArray[Any], *, split: str) -> Figure:
    """Both in the first two components; where one colour is alone, something is missing or made up."""
    with style():
        figure = new_figure(height_inch=4.2)
        axes = figure.subplots()
        for points, colour, marker, label in ((held_out, BROWN, "o", "held out"), (drawn, BLUE, "x", "drawn")):
            axes.scatter(
                points[:, 0], points[:, 1], s=14, c=colour, marker=marker, alpha=0.6, linewidths=0.8, label=label
            )
        axes.set(xlabel="first component of the features", ylabel="second component")
        axes.grid()
        axes.legend(loc="upper right", frameon=True, framealpha=0.9, edgecolor="none")
        subtitle(axes, "Drawn and held-out images", f"{len(drawn):,} drawn, {examples(len(held_out), split)}")
        return figure
