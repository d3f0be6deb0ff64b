"""One outcome of a claim drawn: the arms seed by seed, and beside them the difference with its interval."""

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from groklab.report import wording
from groklab.report.canvas import side_by_side, stacked
from groklab.report.claims import Arm, Outcome
from groklab.report.forest import MARKS
from groklab.report.inline_svg import BASELINE, FAINT, GAP, INK, NETWORK, STYLE, inline_svg

_ROW_INCH = 0.42


def outcome_picture(outcome: Outcome, *, name: str) -> str:
    """Two arms: paired points joined seed by seed; more: a row each. The difference stands beside or below."""
    weights = dict(outcome.contrast)
    arms = sorted(outcome.arms, key=lambda arm: weights.get(arm.name, 0.0))
    with mpl.rc_context(STYLE):
        if len(arms) == 2:
            figure, (left, right) = side_by_side(3.4, widths=[1.45, 1])
            _paired(left, outcome, arms)
            _beside(right, outcome, arms)
        else:
            figure, (above, below) = stacked(heights_inch=[0.7 + _ROW_INCH * len(arms), 1.25])
            _rows(above, outcome)
            _below(below, outcome)
        return inline_svg(figure, name=name, description=_heard(outcome, arms))


def titled(outcome: Outcome) -> str:
    """The metric with its unit, where its name does not say it."""
    unit = outcome.unit
    return outcome.metric if not unit or unit in outcome.metric else f"{outcome.metric} ({unit})"


def _paired(axes: Axes, outcome: Outcome, arms: Sequence[Arm]) -> None:
    before, after = arms
    for one, other in zip(before.values, after.values, strict=False):
        if one is not None and other is not None:
            axes.plot([0, 1], [one, other], color=GAP, alpha=0.55, linewidth=1.1, zorder=1)
    for place, arm, marker, colour in ((0, before, "o", BASELINE), (1, after, "s", NETWORK)):
        known = [value for value in arm.values if value is not None]
        axes.plot([place] * len(known), known, marker, color=colour, markersize=5.5, zorder=2)
        _estimate(axes, arm, at=place + (0.26 if place else -0.26))
    axes.set_xlim(-0.5, 1.5)
    axes.set_xticks([0, 1], [_wrapped(arm.name, 14) for arm in arms])
    axes.tick_params(axis="x", length=0, pad=6)
    axes.set_ylabel("\n".join(textwrap.wrap(titled(outcome), 34)))
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)


def _estimate(axes: Axes, arm: Arm, *, at: float) -> None:
    if arm.mean is None:
        return
    if arm.low is not None and arm.high is not None:
        axes.plot([at, at], [arm.low, arm.high], color=INK, linewidth=2, solid_capstyle="butt", zorder=3)
    axes.plot([at], [arm.mean], "o", color=INK, markersize=6, zorder=3)


def _beside(axes: Axes, outcome: Outcome, arms: Sequence[Arm]) -> None:
    known = [value for value in outcome.differences if value is not None]
    axes.plot(_spread(known), known, "o", color=GAP, markersize=4.5, alpha=0.8, zorder=2)
    marker, edge, face = MARKS[outcome.verdict]
    if outcome.mean is not None:
        if outcome.low is not None and outcome.high is not None:
            axes.plot([0.5] * 2, [outcome.low, outcome.high], color=edge, linewidth=3, solid_capstyle="butt", zorder=3)
        axes.plot([0.5], [outcome.mean], marker, color=edge, markerfacecolor=face, markeredgewidth=2, markersize=9)
    axes.axhline(0, color=INK, linewidth=1.1, zorder=1)
    axes.axhline(outcome.threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.set_xlim(-0.55, 0.95)
    axes.set_xticks([0.2], ["difference:\n" + _wrapped(f"{arms[1].name} {wording.MINUS} {arms[0].name}", 18)])
    axes.tick_params(axis="x", length=0, pad=6)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.text(0.95, outcome.threshold, "least that matters", color=INK, fontsize=8, ha="right", va="bottom")


def _rows(axes: Axes, outcome: Outcome) -> None:
    for place, arm in enumerate(outcome.arms):
        known = [value for value in arm.values if value is not None]
        axes.plot(known, [place] * len(known), "o", color=GAP, markersize=4.5, alpha=0.8, zorder=1)
        if arm.mean is not None:
            if arm.low is not None and arm.high is not None:
                axes.plot([arm.low, arm.high], [place + 0.25] * 2, color=INK, linewidth=2.2, solid_capstyle="butt")
            axes.plot([arm.mean], [place + 0.25], "s", color=INK, markersize=6)
    axes.set_yticks(range(len(outcome.arms)), [_wrapped(arm.name, 18) for arm in outcome.arms])
    axes.set_ylim(len(outcome.arms) - 0.4, -0.5)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.grid(axis="x", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel(titled(outcome))


def _below(axes: Axes, outcome: Outcome) -> None:
    known = [value for value in outcome.differences if value is not None]
    axes.plot(known, [0.3] * len(known), "o", color=GAP, markersize=4.5, alpha=0.8, zorder=2)
    marker, edge, face = MARKS[outcome.verdict]
    if outcome.mean is not None:
        if outcome.low is not None and outcome.high is not None:
            axes.plot([outcome.low, outcome.high], [-0.3] * 2, color=edge, linewidth=3, solid_capstyle="butt", zorder=3)
        axes.plot([outcome.mean], [-0.3], marker, color=edge, markerfacecolor=face, markeredgewidth=2, markersize=9)
    axes.axvline(0, color=INK, linewidth=1.1, zorder=1)
    axes.axvline(outcome.threshold, color=INK, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.text(outcome.threshold, 0.98, " least that matters", color=INK, fontsize=8, ha="left", va="top")
    axes.set_ylim(-0.8, 1)
    axes.set_yticks([0], ["contrast"])
    axes.tick_params(axis="y", length=0, pad=8)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.set_xlabel(_wrapped(contrast_of(outcome), 38))


def contrast_of(outcome: Outcome) -> str:
    """``with − without``; weights other than one are said."""
    text = ""
    for name, weight in sorted(outcome.contrast, key=lambda item: -item[1]):
        size = "" if abs(weight) == 1 else f"{abs(weight):g} "
        sign = wording.MINUS if weight < 0 else "+"
        text += f" {sign} {size}{name}" if text or weight < 0 else f"{size}{name}"
    return text.strip()


def _spread(values: Sequence[float]) -> list[float]:
    """Places aside for points that would cover each other, to the left and right in turn."""
    if not values:
        return []
    room = (max(values) - min(values)) / 12 or 1.0
    levels = np.floor((np.array(values) - min(values)) / room).tolist()
    seen: dict[float, int] = {}
    places = []
    for level in levels:
        number = seen.get(level, 0)
        seen[level] = number + 1
        places.append((-1) ** number * ((number + 1) // 2) * 0.12)
    return places


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text.replace("_", " "), width)) or text


def _heard(outcome: Outcome, arms: Sequence[Arm]) -> str:
    def told(value: float | None) -> str:
        return wording.in_steps(value, outcome.smallest_effect)

    def estimate(mean: float | None, low: float | None, high: float | None) -> str:
        ends = "" if low is None or high is None else f" [{told(low)}, {told(high)}]"
        return f"{told(mean)}{ends}"

    said = "; ".join(f"{arm.name} {estimate(arm.mean, arm.low, arm.high)}" for arm in arms)
    difference = estimate(outcome.mean, outcome.low, outcome.high)
    return (
        f"{titled(outcome)}: {said}. Difference {contrast_of(outcome)}: {difference}; "
        f"the least that matters is {told(outcome.threshold)}. {outcome.verdict.capitalize()}."
    )
