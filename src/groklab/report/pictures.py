"""The report's own drawings: scores side by side, learning curves with the generalization gap."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from groklab.report import wording
from groklab.report.canvas import canvas
from groklab.report.inline_svg import BASELINE, FAINT, GAP, INK, NETWORK, STYLE, inline_svg
from groklab.report.records import Best, Curves

_LOG_FROM_RATIO = 10
_R2_FLOOR = -1.0


def scores(metric: str, network: float | None, baselines: Mapping[str, float | None], *, name: str) -> str:
    """One row per model on the scale of ``metric``: the network a filled square, baselines circles, the best first."""
    better = 1 if wording.direction(metric) == "↓" else -1
    rows = [
        ("network", network),
        *sorted(baselines.items(), key=lambda row: (row[1] is None, better * (row[1] or 0))),
    ]
    known = [value for _, value in rows if value is not None]
    with mpl.rc_context(STYLE):
        figure, axes = canvas(0.62 + 0.36 * len(rows))
        low, high = (0.0, 1.0) if known and min(known) >= 0 and max(known) <= 1 else _span(known)
        room, start = high - low, min(max(0.0, low), high)
        for row, (_, value) in enumerate(rows):
            ours = row == 0
            axes.plot([low, high], [row, row], color=FAINT, linewidth=1, zorder=1)
            if value is None:
                axes.text(low + 0.02 * room, row - 0.12, "undefined", color=INK, va="bottom")
                continue
            axes.plot([start, value], [row, row], color=NETWORK if ours else BASELINE, linewidth=3, zorder=2)
            axes.plot(
                [value],
                [row],
                "s" if ours else "o",
                color=NETWORK if ours else BASELINE,
                markersize=8,
                clip_on=False,
            )
            axes.text(
                high + 0.04 * room,
                row,
                wording.number(value),
                color=INK,
                va="center",
                weight="bold" if ours else None,
            )
        axes.set_yticks(range(len(rows)), [wording.words(label) for label, _ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(low, high)
        axes.set_xlabel(wording.metric(metric))
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0, pad=8)
        if low < 0:
            axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        heard = ", ".join(f"{wording.words(label)} {wording.number(value)}" for label, value in rows)
        return inline_svg(figure, name=name, description=f"{wording.metric(metric)} on the test part: {heard}.")


def learning_curves(curves: Curves, metric: str, best: Best | None, *, name: str) -> str | None:
    """``train/<metric>`` and ``val/<metric>`` over epochs; for the loss the gap between them is shaded.

    Returns None where the log holds neither.
    """
    epochs = np.array(curves.epochs)
    train, val = (np.array(curves.series.get(f"{part}/{metric}", ())) for part in ("train", "val"))
    drawn = [line for line in (train, val) if np.isfinite(line).any()]
    if not drawn:
        return None
    title = "Loss" if metric == "loss" else wording.metric(metric)
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.1)
        marker: dict[str, Any] = {"marker": "o", "markersize": 5} if len(epochs) < 4 else {}
        if len(train) and len(val):
            axes.fill_between(epochs, train, val, color=GAP, alpha=0.3, linewidth=0, label="generalization gap")
        if len(train):
            axes.plot(
                epochs,
                train,
                color=BASELINE,
                linestyle=(0, (4, 2)),
                linewidth=1.8,
                label="training",
                **marker,
            )
        if len(val):
            axes.plot(epochs, val, color=NETWORK, linewidth=2, label="validation", **marker)
        if best is not None:
            axes.axvline(best.epoch, color=INK, linewidth=1, linestyle=":", label=f"weights of epoch {best.epoch}")
        axes.set_ylabel(title + _scale(axes, metric, np.concatenate(drawn)))
        axes.set_xlabel("Epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
        axes.grid(axis="y", color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        figure.legend(loc="outside upper left", ncols=2, frameon=False, labelcolor=INK, handlelength=2.2, borderpad=0)
        return inline_svg(figure, name=name, description=_heard(title, epochs, train, val, best))


def _span(known: list[float]) -> tuple[float, float]:
    low, high = min([0.0, *known]), max([0.0, *known])
    return low, high if high > low else low + 1


def _scale(axes: Axes, metric: str, values: np.ndarray) -> str:
    """Set an axis on which the end of the training is legible; what was done to it, for the label."""
    values = values[np.isfinite(values)]
    if metric == "loss" and values.min() > 0 and values.max() / values.min() > _LOG_FROM_RATIO:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axes.yaxis.set_minor_locator(NullLocator())
        return " (log scale)"
    if metric == "r2" and values.min() < _R2_FLOOR < values.max():
        axes.set_ylim(bottom=_R2_FLOOR)
        return f" (cut at {wording.MINUS}{abs(_R2_FLOOR):.0f})"
    return ""


def _heard(title: str, epochs: np.ndarray, train: np.ndarray, val: np.ndarray, best: Best | None) -> str:
    parts = [
        f"{label} from {wording.number(line[0])} to {wording.number(line[-1])}"
        for label, line in (("training", train), ("validation", val))
        if len(line)
    ]
    marked = f" Best epoch: {best.epoch}." if best else ""
    return f"{title} over epochs {epochs[0]} to {epochs[-1]}: {'; '.join(parts)}.{marked}"
