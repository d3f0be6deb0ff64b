"""What quality costs: each network's gain over its best baseline against its training time and its size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from groklab.report import wording
from groklab.report.canvas import canvas
from groklab.report.headlines import HEADLINES
from groklab.report.inline_svg import AHEAD, BEHIND, FAINT, GROUND, INK, STYLE, TIE, inline_svg
from groklab.report.records import Comparison, Experiment

_MARKS = {
    "ahead": ("^", AHEAD, AHEAD),
    "tie": ("s", TIE, TIE),
    "behind": ("v", BEHIND, BEHIND),
    "open": ("o", TIE, GROUND),
}
_LINEAR_TO = 0.1
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.8), (-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8))
_TICKS = (-1.0, -0.1, 0.0, 0.1, 1.0, 10.0)


@dataclass(frozen=True)
class Point:
    """An experiment by its number in the pictures; ``gain`` is a share of the best baseline's score."""

    number: int
    experiment: Experiment
    gain: float


def gain(comparison: Comparison) -> float | None:
    """By how much of the best baseline's score the network is better; None where one of them is not known or zero."""
    if comparison.metric is None or comparison.difference is None or not comparison.baseline_value:
        return None
    sign = 1 if HEADLINES[comparison.metric].higher_is_better else -1
    return sign * comparison.difference / abs(comparison.baseline_value)


def cost_section(experiments: Sequence[Experiment], anchors: Sequence[str]) -> dict[str, Any] | None:
    """Pictures over seconds and over parameters, and the rows by number; None where there is nothing to compare."""
    points: list[Point] = []
    places: list[str] = []
    for experiment, anchor in zip(experiments, anchors, strict=True):
        known = gain(experiment.comparison)
        if known is not None:
            points.append(Point(len(points) + 1, experiment, known))
            places.append(anchor)
    prices: dict[str, list[tuple[Point, float | None]]] = {
        "Training time in seconds": [(point, point.experiment.cost.duration_s) for point in points],
        "Parameters": [(point, point.experiment.cost.num_parameters) for point in points],
    }
    drawn = [
        Markup(_scatter(title, [(point, float(price)) for point, price in pairs if price], name=f"cost-{number}"))
        for number, (title, pairs) in enumerate(prices.items(), start=1)
        if any(price for _, price in pairs)
    ]
    return {"drawn": drawn, "rows": list(zip(points, places, strict=True))} if drawn else None


def _scatter(title: str, pairs: Sequence[tuple[Point, float]], *, name: str) -> str:
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.6)
        axes.set_xscale("log")
        axes.set_yscale("symlog", linthresh=_LINEAR_TO, linscale=1)
        xs, gains = [x for _, x in pairs], [point.gain for point, _ in pairs]
        axes.set_xlim(min(xs) / 2, max(xs) * 2.6)
        axes.set_ylim(min(-0.05, 1.8 * min(gains)), max(0.1, 1.8 * max(gains)))
        axes.axhline(0, color=INK, linewidth=1, zorder=1)
        for point, x in pairs:
            marker, edge, face = _MARKS[point.experiment.comparison.verdict]
            axes.plot([x], [point.gain], marker, color=edge, markerfacecolor=face, markersize=7, markeredgewidth=1.5)
        _number(axes, pairs)
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if low <= tick <= high]))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: wording.percent(value).replace(".0", "")))
        axes.xaxis.set_major_locator(LogLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
        axes.set_xlabel(f"{title} (log scale)")
        axes.set_ylabel("Better than the best baseline by")
        axes.grid(color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        said = "; ".join(f"{p.experiment.name} {x:,.4g}: {wording.percent(p.gain)}" for p, x in pairs)
        return inline_svg(figure, name=name, description=f"Gain over the best baseline by {title.lower()}. {said}.")


def _number(axes: Axes, pairs: Sequence[tuple[Point, float]]) -> None:
    """Each point's number, at the side of it that has most room."""
    figure = axes.figure
    figure.draw_without_rendering()  # type: ignore[union-attr] # places the axes
    places = axes.transData.transform([(x, point.gain) for point, x in pairs])
    taken = [tuple(place) for place in places]
    step = 11 * figure.dpi / 72
    for (point, x), (left, up) in zip(pairs, places, strict=True):
        sides = [(left + step * right, up + step * above) for right, above in _SIDES]
        best = max(
            sides,
            key=lambda side: min((round(((side[0] - a) ** 2 + (side[1] - b) ** 2) ** 0.5) for a, b in taken
                                  if (a, b) != (left, up)), default=0),
        )  # fmt: skip
        taken.append(best)
        offset = ((best[0] - left) * 72 / figure.dpi, (best[1] - up) * 72 / figure.dpi)
        axes.annotate(
            str(point.number), (x, point.gain), offset, textcoords="offset points", ha="center", va="center",
            fontsize=8.5, color=INK,
        )  # fmt: skip
