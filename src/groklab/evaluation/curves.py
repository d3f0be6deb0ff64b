"""The training log as a table and as a picture."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from groklab.evaluation.drawing import BLUE, BROWN, INK, PURPLE, new_figure, style
from groklab.evaluation.evaluation import Row

_LOG_FROM_RATIO = 10


def curve_rows(log: Iterable[Mapping[str, Any]]) -> list[Row]:
    """One row an epoch: ``step``, ``epoch``, then every metric by name; None where it was not logged.

    Of two lines for one epoch the later counts.

    Args:
        log: The lines of ``log.jsonl``.
    """
    epochs = {int(line["epoch"]): line for line in log}
    names = sorted({name for line in epochs.values() for name in line["metrics"]})
    return [
        {"step": epochs[epoch]["step"], "epoch": epoch} | {name: epochs[epoch]["metrics"].get(name) for name in names}
        for epoch in sorted(epochs)
    ]


def learning_curves(rows: Sequence[Row], *, best_epoch: int | None) -> Figure | None:
    """Training and validation loss over epochs, the gap between them shaded, the epoch of the kept weights marked.

    Returns None where neither loss was logged.

    Args:
        rows: From ``curve_rows``.
        best_epoch: The epoch whose weights are kept.
    """
    epochs = np.array([row["epoch"] for row in rows])
    train, val = (np.array([_number(row.get(name)) for row in rows]) for name in ("train/loss", "val/loss"))
    if not np.isfinite([*train, *val]).any():
        return None
    marker = "o" if len(epochs) < 4 else ""
    with style():
        figure = new_figure(height_inch=3.6)
        axes = figure.subplots()
        if np.isfinite(train + val).any():
            axes.fill_between(epochs, train, val, color=PURPLE, alpha=0.25, linewidth=0, label="generalization gap")
        if np.isfinite(train).any():
            axes.plot(epochs, train, marker=marker, ls=(0, (4, 2)), color=BROWN, linewidth=1.8, label="training")
        if np.isfinite(val).any():
            axes.plot(epochs, val, marker=marker, color=BLUE, linewidth=2, label="validation")
        if best_epoch is not None:
            axes.axvline(best_epoch, color=INK, linewidth=1, linestyle=":", label=f"weights of epoch {best_epoch}")
        axes.set_title("Learning curves", pad=8)
        axes.set(xlabel="epoch", ylabel="loss" + _scale(axes, np.concatenate([train, val])))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
        axes.grid(axis="y")
        axes.legend()
        return figure


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _scale(axes: Axes, losses: np.ndarray) -> str:
    """A logarithmic axis where the end of the training would not be legible; what was done, for the label."""
    losses = losses[np.isfinite(losses)]
    if losses.min() <= 0 or losses.max() / losses.min() <= _LOG_FROM_RATIO:
        return ""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    return " (log scale)"
