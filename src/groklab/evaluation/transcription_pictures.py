"""Pictures of what goes wrong in transcripts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from groklab.evaluation.drawing import BLUE, EMPTY, FAINT, INK, QUIET, WIDTH_INCH, new_figure, shorten, style, subtitle

_ABSENT = "(none)"
_MOST_IN_TABLE, _MOST_BARS = 20, 15
_WHITE_FROM = 0.55


def edits_picture(pairs: Sequence[tuple[str, str]], *, unit: str, split: str) -> Figure:
    """What was said for what: a table of up to 20 symbols, of more the edits that come most often.

    Args:
        pairs: Of the reference and of what was said; ``(none)`` for what was left out or put in.
        unit: What a symbol is.
        split: Which part it is.
    """
    wrong = sum(actual != said for actual, said in pairs)
    detail = f"{wrong:,} edits for {sum(actual != _ABSENT for actual, _ in pairs):,} {unit}s of the {split} part"
    names = sorted({name for pair in pairs for name in pair if name != _ABSENT})
    with style():
        if len(names) <= _MOST_IN_TABLE:
            width = max(WIDTH_INCH, 1.6 + 0.3 * (len(names) + 1))
            figure = new_figure(width_inch=width, height_inch=width)
            axes = figure.subplots()
            _table(axes, pairs, [*names, _ABSENT])
        else:
            figure = new_figure(height_inch=4.4)
            axes = figure.subplots()
            _bars(axes, Counter(pair for pair in pairs if pair[0] != pair[1]).most_common(_MOST_BARS))
        subtitle(axes, "What was said for what", detail)
        return figure


def errors_by_length(edits: NDArray[np.int64], lengths: NDArray[np.int64], *, unit: str, split: str) -> Figure:
    """The error rate of examples whose references are of one length."""
    known = np.unique(lengths)
    if len(known) > 12:  # lengths in classes of equal width
        edges = np.linspace(known[0], known[-1] + 1, 11)
        middles = (edges[:-1] + edges[1:]) / 2
        places = middles[np.clip(np.digitize(lengths, edges) - 1, 0, 9)]
        width = 0.9 * float(edges[1] - edges[0])
    else:
        places, width = lengths.astype(np.float64), 0.8
    at = np.unique(places)
    rates = [edits[places == place].sum() / lengths[places == place].sum() for place in at]
    with style():
        figure = new_figure(height_inch=3.2)
        axes = figure.subplots()
        axes.bar(at, rates, width=width, color=BLUE)
        for place, rate in zip(at, rates, strict=True):
            count = int((places == place).sum())
            axes.annotate(
                f"{count:,}", (place, rate), xytext=(0, 3), textcoords="offset points", ha="center", color=QUIET
            )
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
        axes.set_ylim(0, 1.15 * max([*rates, 1e-3]))
        if width == 0.8:
            axes.set_xticks(at, [str(int(place)) for place in at])
        axes.set_xlabel(f"{unit}s of the reference")
        axes.set_ylabel(f"{unit} error rate")
        axes.grid(axis="y", color=FAINT, linewidth=0.7)
        subtitle(axes, "Errors by length", f"{split} part; above a bar, its examples")
        return figure


def alignment_picture(
    frames: NDArray[Any], probabilities: NDArray[Any], names: Sequence[str], *, reference: str, said: str
) -> Figure:
    """One utterance: its features over time, and below them the probability of each symbol at each step.

    Args:
        frames: [time, features], without those that are absent.
        probabilities: [steps, outputs]; output 0 is the blank.
        names: Of the outputs but the blank.
        reference: What it says.
        said: What the network says.
    """
    from groklab.evaluation.drawing import BROWN, PURPLE

    with style():
        figure = new_figure(width_inch=6.4, height_inch=4.6)
        above, below = figure.subplots(2, sharex=True)
        above.imshow(frames.T, origin="lower", aspect="auto", cmap="gray", extent=(0, 1, 0, frames.shape[1]))
        above.set_ylabel("feature")
        time = (np.arange(len(probabilities)) + 0.5) / len(probabilities)
        below.plot(time, probabilities[:, 0], color=QUIET, linewidth=1, linestyle=":")
        peaks = np.flatnonzero(probabilities[:, 1:].max(0) > 0.1) + 1
        for number, symbol in enumerate(peaks.tolist()):
            colour = (BLUE, BROWN, PURPLE, INK)[number % 4]
            below.plot(time, probabilities[:, symbol], color=colour, linewidth=1.4)
            _name_peaks(below, time, probabilities[:, symbol], shorten(names[symbol - 1], 10), colour)
        below.set_ylim(0, 1.25)
        below.set_xlim(0, 1)
        below.set_yticks([0, 0.5, 1])
        below.set_xlabel("share of the utterance; dotted: the blank")
        below.set_ylabel("probability")
        subtitle(above, f"said: {shorten(said, 60)}", f"reference: {shorten(reference, 70)}")
        return figure


def _name_peaks(axes: Axes, time: NDArray[Any], chances: NDArray[Any], name: str, colour: str) -> None:
    above = np.concatenate([[False], chances > 0.3, [False]]).astype(int)
    starts, ends = np.flatnonzero(np.diff(above) == 1), np.flatnonzero(np.diff(above) == -1)
    for start, end in zip(starts, ends, strict=True):
        peak = start + int(chances[start:end].argmax())
        axes.annotate(
            name,
            (time[peak], chances[peak]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontsize=8,
        )


def _table(axes: Axes, pairs: Sequence[tuple[str, str]], names: list[str]) -> None:
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), np.int64)
    for actual, said in pairs:
        counts[place[actual], place[said]] += 1
    totals = counts.sum(1, keepdims=True)
    shares = np.ma.masked_invalid(np.divide(counts, totals, out=np.full(counts.shape, np.nan), where=totals > 0))
    axes.imshow(shares, cmap=mpl.colormaps["Blues"].with_extremes(bad=EMPTY), vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > _WHITE_FROM else "black"
            axes.text(column, row, str(count), color=colour, fontsize=8, ha="center", va="center")
    shown = [shorten(repr(name) if name.isspace() else name, 10) for name in names]
    axes.set_xticks(range(len(names)), [*shown[:-1], "left out"], rotation=90)
    axes.set_yticks(range(len(names)), [*shown[:-1], "put in"])
    axes.set_xlabel("said")
    axes.set_ylabel("reference")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def _bars(axes: Axes, edits: Sequence[tuple[tuple[str, str], int]]) -> None:
    labels = [
        f"{shorten(said)} put in" if actual == _ABSENT else
        f"{shorten(actual)} left out" if said == _ABSENT else
        f"{shorten(actual)} → {shorten(said)}"
        for (actual, said), _ in edits
    ]  # fmt: skip
    axes.barh(range(len(edits)), [count for _, count in edits], color=BLUE)
    axes.set_yticks(range(len(edits)), labels)
    axes.invert_yaxis()
    axes.set_xlabel("how often")
