"""Empty figures in the page's manner: one width, quiet axes."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from groklab.report.inline_svg import FAINT, INK

WIDTH_INCH = 4.8  # legible on a telephone, where it is shrunk, and on a screen, where it is not


def canvas(height_inch: float) -> tuple[Figure, Axes]:
    """A figure of one pair of axes."""
    figure = Figure(figsize=(WIDTH_INCH, height_inch), layout="constrained")
    return figure, _quiet(figure.subplots())


def side_by_side(height_inch: float, *, widths: Sequence[float]) -> tuple[Figure, list[Axes]]:
    """A figure of axes in a row."""
    figure = Figure(figsize=(WIDTH_INCH, height_inch), layout="constrained")
    drawn = figure.subplots(1, len(widths), width_ratios=widths)
    return figure, [_quiet(axes) for axes in drawn]


def stacked(*, heights_inch: Sequence[float]) -> tuple[Figure, list[Axes]]:
    """A figure of axes below each other."""
    figure = Figure(figsize=(WIDTH_INCH, sum(heights_inch)), layout="constrained")
    drawn = figure.subplots(len(heights_inch), 1, height_ratios=heights_inch)
    return figure, [_quiet(axes) for axes in drawn]


def _quiet(axes: Axes) -> Axes:
    for spine in axes.spines.values():
        spine.set_color(FAINT)
    axes.tick_params(colors=INK, length=3)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    return axes
