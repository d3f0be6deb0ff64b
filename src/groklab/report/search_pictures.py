"""A search drawn: each trial's value with the best so far, and how much of the spread each parameter explains."""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from groklab.report import wording
from groklab.report.canvas import canvas
from groklab.report.inline_svg import BASELINE, FAINT, INK, NETWORK, STYLE, inline_svg
from groklab.report.records import Search

_ROW_INCH = 0.36


def history(search: Search, *, name: str) -> str:
    """Values over the trials; only those that have one."""
    known = [(trial.number, trial.value) for trial in search.trials if trial.value is not None]
    numbers, values = [number for number, _ in known], [value for _, value in known]
    best = (np.minimum if search.minimized else np.maximum).accumulate(values)
    with mpl.rc_context(STYLE):
        figure, axes = canvas(3.1)
        axes.plot(numbers, values, "o", color=BASELINE, markersize=5, label="a trial")
        axes.step(numbers, best, where="post", color=NETWORK, linewidth=2, label="the best so far")
        if min(values) > 0 and max(values) > 10 * min(values):
            axes.set_yscale("log")
        axes.set_xlabel("Trial")
        axes.set_ylabel(wording.measured(search.objective))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6, min_n_ticks=1))
        axes.grid(axis="y", color=FAINT, linewidth=0.7)
        axes.set_axisbelow(True)
        figure.legend(loc="outside upper left", ncols=2, frameon=False, labelcolor=INK, handlelength=2, borderpad=0)
        heard = (
            f"{search.objective} of {len(known)} trials of search {search.name}: "
            f"the first {wording.number(values[0])}, the best {wording.number(search.value)} in trial {search.best}."
        )
        return inline_svg(figure, name=name, description=heard)


def importance(shares: Sequence[tuple[str, float]], *, name: str) -> str:
    """A bar for each parameter, the greatest first."""
    ordered = sorted(shares, key=lambda item: (-item[1], item[0]))
    with mpl.rc_context(STYLE):
        figure, axes = canvas(0.62 + _ROW_INCH * len(ordered))
        axes.barh(range(len(ordered)), [share for _, share in ordered], height=0.5, color=NETWORK)
        axes.set_yticks(range(len(ordered)), [key for key, _ in ordered])
        axes.set_ylim(len(ordered) - 0.5, -0.5)
        axes.set_xlim(0, 1)
        axes.tick_params(axis="y", length=0, pad=8)
        axes.set_xlabel("Share of the spread of the values that it explains")
        said = ", ".join(f"{key} {wording.number(share)}" for key, share in ordered)
        return inline_svg(figure, name=name, description=f"Importance of the parameters: {said}.")
