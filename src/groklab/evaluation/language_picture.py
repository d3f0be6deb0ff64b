"""What a language model gains from context."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from groklab.evaluation.drawing import BLUE, FAINT, new_figure, style, subtitle


def nats_by_position(nats: Sequence[float], *, split: str) -> Figure:
    """Mean nats over the characters of context that were seen."""
    with style():
        figure = new_figure(height_inch=3.2)
        axes = figure.subplots()
        axes.plot(range(1, len(nats) + 1), nats, color=BLUE, linewidth=1.6)
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("characters of context")
        axes.set_ylabel("nats per character")
        axes.grid(axis="y", color=FAINT, linewidth=0.7)
        subtitle(axes, "What context is worth", f"mean over the {split} part, by position in its window")
    return figure
