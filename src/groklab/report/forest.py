"""All claims on one scale: each difference with its interval in units of the smallest effect that matters.

Turned so that to the right is what the claim says. Past the whole of the units near zero the scale is logarithmic, so
that a claim which holds by far does not hide the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from groklab.report import wording
from groklab.report.claims import Outcome
from groklab.report.inline_svg import AHEAD, BEHIND, FAINT, GROUND, INK, STYLE, TIE, inline_svg

MARKS = {"supported": ("o", AHEAD, AHEAD), "contradicted": ("D", BEHIND, BEHIND), "not shown": ("o", TIE, GROUND)}
_WIDTH_INCH, _ROW_INCH, _HEAD_INCH = 2.3, 0.42, 0.52
_LINEAR_TO = 4.0


@dataclass(frozen=True)
class Scale:
    """The limits of the shared axis, in smallest effects."""

    low: float
    high: float

    @property
    def linear(self) -> bool:
        """Whether every interval lies so near to zero that no logarithm is needed."""
        return max(-self.low, self.high) <= _LINEAR_TO

    @property
    def ticks(self) -> list[float]:
        """Zero, the smallest effect on either side, and round numbers beyond."""
        known = [-1000, -100, -10, -1, 0, 1, 10, 100, 1000] if not self.linear else [-3, -2, -1, 0, 1, 2, 3]
        return [tick for tick in known if self.low <= tick <= self.high]


def in_smallest_effects(outcome: Outcome) -> tuple[float, float, float] | None:
    """Difference, low and high end over the smallest effect, positive where the claim says so; None without them."""
    mean, low, high = outcome.mean, outcome.low, outcome.high
    if mean is None or low is None or high is None or outcome.smallest_effect == 0:
        return None
    unit = outcome.sign * outcome.smallest_effect
    low, high = sorted((low / unit, high / unit))
    return mean / unit, low, high


def scale_of(outcomes: Iterable[Outcome]) -> Scale:
    """Room for every interval, and for the smallest effect on either side."""
    drawn = [found for outcome in outcomes if (found := in_smallest_effects(outcome))]
    low, high = min([-1.6, *(low for _, low, _ in drawn)]), max([1.6, *(high for _, _, high in drawn)])
    room = 1.1 if max(-low, high) * 1.1 <= _LINEAR_TO else 1.6  # of a logarithmic scale more is needed
    return Scale(room * low, room * high)


def row(outcome: Outcome, scale: Scale, *, name: str) -> str | None:
    """The interval of one outcome; None where there is none."""
    found = in_smallest_effects(outcome)
    if found is None:
        return None
    mean, low, high = found
    marker, edge, face = MARKS[outcome.verdict]
    with mpl.rc_context(STYLE):
        figure, axes = _strip(_ROW_INCH, scale)
        axes.plot([low, high], [0, 0], color=edge, linewidth=2.2, solid_capstyle="butt", zorder=2)
        axes.plot([mean], [0], marker, color=edge, markerfacecolor=face, markeredgewidth=1.8, markersize=7, zorder=3)
        axes.set_ylim(-1, 1)
        ends = f"[{wording.signed(low)}, {wording.signed(high)}]"
        heard = f"{outcome.metric}: {wording.signed(mean)} {ends} smallest effects, {outcome.verdict}."
        return inline_svg(figure, name=name, description=heard)


def head(scale: Scale, *, name: str) -> str:
    """The axis that all rows share."""
    with mpl.rc_context(STYLE):
        figure, axes = _strip(_HEAD_INCH, scale)
        axes.set_position((0.03, 0.0, 0.94, 0.2))
        for tick in scale.ticks:
            text = wording.MINUS * (tick < 0) + f"{abs(tick):g}"
            axes.annotate(text, (tick, 1), (0, 3), textcoords="offset points", ha="center", fontsize=10.5, color=INK)
        place: dict[str, Any] = {
            "textcoords": "offset points",
            "xycoords": ("data", "axes fraction"),
            "fontsize": 10.5,
            "color": INK,
        }
        axes.annotate("against", (0, 1), (-7, 17), ha="right", **place)
        axes.annotate("for the claim", (0, 1), (7, 17), ha="left", **place)
        axes.set_ylim(0, 1)
        heard = "The scale of the rows below, in smallest effects that matter: to the right is what the claim says."
        return inline_svg(figure, name=name, description=heard)


def _strip(height_inch: float, scale: Scale) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_INCH, height_inch))
    axes = figure.add_axes((0.03, 0.0, 0.94, 1.0))
    axes.set_axis_off()
    if not scale.linear:
        axes.set_xscale("symlog", linthresh=1, linscale=0.8)
    axes.set_xlim(scale.low, scale.high)
    axes.axvline(0, color=INK, linewidth=1.1, zorder=1)
    for side in (-1, 1):
        axes.axvline(side, color=FAINT, linewidth=1.1, linestyle=(0, (3, 2)), zorder=1)
    return figure, axes
