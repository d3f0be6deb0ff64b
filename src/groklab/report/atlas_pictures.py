"""An atlas drawn over one factor: a curve with intervals where it has distances, else a row for each value."""

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from groklab.report import wording
from groklab.report.atlases import Cell, Factor, Value
from groklab.report.canvas import canvas
from groklab.report.inline_svg import AHEAD, BASELINE, BEHIND, FAINT, GAP, INK, NETWORK, STYLE, inline_svg

_COLOURS = (NETWORK, BASELINE, GAP, AHEAD, INK, BEHIND)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
_DECADE = 10
_ROW_INCH = 0.36


def curves(
    metric: str, over: Factor, lines: Mapping[Value | None, Sequence[Cell]], limits: tuple[float, float], *, name: str
) -> str:
    """The metric over a factor of numbers, a line for each key of ``lines`` (None: the only one, without a legend).

    Lines differ by marker and dash as well as by colour; the intervals of one place stand a little apart.
    """
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.3 + 0.18 * (len(lines) > 1) * math.ceil(len(lines) / 3))
        place = _places(over)
        width = max(place.values()) - min(place.values()) or 1.0
        for number, (label, cells) in enumerate(lines.items()):
            known = sorted(
                (cell for cell in cells if cell.mean is not None), key=lambda cell: place[cell.values[over.name]]
            )
            aside = (number - (len(lines) - 1) / 2) * 0.012 * width
            colour, marker = _COLOURS[number % len(_COLOURS)], _MARKERS[number % len(_MARKERS)]
            dashes = _DASHES[number // len(_COLOURS) % len(_DASHES)]
            at = [place[cell.values[over.name]] + aside for cell in known]
            for x, cell in zip(at, known, strict=True):
                if cell.low is not None and cell.high is not None:
                    low = max(cell.low, limits[0])
                    axes.plot([x, x], [low, cell.high], color=colour, linewidth=1.5, alpha=0.75, zorder=2)
            axes.plot(
                at, [cell.mean or 0.0 for cell in known], marker=marker, color=colour, linestyle=dashes, linewidth=1.7,
                markersize=6, label=None if label is None else wording.setting(label), zorder=3,
            )  # fmt: skip
        _ticks(axes, over, place)
        axes.set_xlabel(over.name + (" (log scale)" if _by_decades(over) else ""))
        by_decades = limits[0] > 0 and limits[1] / limits[0] > _DECADE
        if by_decades:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if limits[1] / limits[0] < _DECADE**3 else (1,)))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
            axes.yaxis.set_minor_locator(NullLocator())
        axes.set_ylabel(wording.measured(metric) + (" (log scale)" if by_decades else ""))
        axes.set_ylim(*limits)
        axes.grid(axis="y", color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        if any(label is not None for label in lines):
            figure.legend(
                loc="outside upper left", ncols=3, frameon=False, labelcolor=INK, handlelength=2, borderpad=0,
                fontsize=9, columnspacing=1.2,
            )  # fmt: skip
        return inline_svg(figure, name=name, description=_heard(metric, over, lines))


def rows(metric: str, over: Factor, cells: Sequence[Cell], limits: tuple[float, float], *, name: str) -> str:
    """A mean with its interval for each value of a factor of words."""
    with mpl.rc_context(STYLE):
        figure, axes = canvas(0.62 + _ROW_INCH * len(over.values))
        for cell in cells:
            row = over.values.index(cell.values[over.name])
            if cell.mean is None:
                continue
            if cell.low is not None and cell.high is not None:
                axes.plot([cell.low, cell.high], [row, row], color=NETWORK, linewidth=2.2, solid_capstyle="butt")
            axes.plot([cell.mean], [row], "o", color=NETWORK, markersize=7)
        axes.set_yticks(range(len(over.values)), [wording.setting(value) for value in over.values])
        axes.set_ylim(len(over.values) - 0.5, -0.5)
        axes.set_xlim(*limits)
        axes.set_xlabel(wording.measured(metric))
        axes.tick_params(axis="y", length=0, pad=8)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
        axes.grid(axis="x", color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        return inline_svg(figure, name=name, description=_heard(metric, over, {None: cells}))


def limits_of(cells: Sequence[Cell]) -> tuple[float, float]:
    """A range that holds every interval with some room, the same for small multiples.

    Where positive means span more than a decade, it is one of a logarithmic scale, and holds only so much of an
    interval that reaches to zero.
    """
    means = [cell.mean for cell in cells if cell.mean is not None] or [0.0, 1.0]
    ends = [end for cell in cells for end in (cell.low, cell.high) if end is not None] + means
    low, high = min(ends), max(ends)
    if min(means) > 0 and max(means) / min(means) > _DECADE:
        return max(low, min(means) / 2) / 1.2, high * 1.2
    room = 0.06 * (high - low) or 0.5
    return low - room, high + room


def _by_decades(factor: Factor) -> bool:
    """Whether its values span more than a decade; a zero among them stands a step before the least."""
    sizes = [value for value in factor.values if isinstance(value, float) and value != 0]
    return bool(sizes) and min(sizes) > 0 and max(sizes) / min(sizes) > _DECADE


def _places(factor: Factor) -> dict[Value, float]:
    known = [value for value in factor.values if isinstance(value, float)]
    if not _by_decades(factor):
        return {value: value for value in known}
    sizes = sorted(math.log10(value) for value in known if value)
    step = (sizes[-1] - sizes[0]) / max(1, len(sizes) - 1)
    return {value: math.log10(value) if value else sizes[0] - step for value in known}


def _ticks(axes: Axes, factor: Factor, places: Mapping[Value, float]) -> None:
    shown = sorted(places.items(), key=lambda item: item[1])
    axes.set_xticks([at for _, at in shown], [wording.setting(value) for value, _ in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    if len(shown) > 6:
        axes.tick_params(axis="x", rotation=45)


def _heard(metric: str, over: Factor, lines: Mapping[Value | None, Sequence[Cell]]) -> str:
    parts = []
    for label, cells in lines.items():
        means = ", ".join(f"{wording.setting(c.values[over.name])} {wording.number(c.mean)}" for c in cells)
        parts.append(means if label is None else f"{wording.setting(label)}: {means}")
    return f"{wording.measured(metric)} by {over.name}. {'; '.join(parts)}."
