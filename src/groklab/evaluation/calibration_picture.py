"""The reliability diagram."""

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from groklab.evaluation.drawing import BLUE, PURPLE, QUIET, examples, new_figure, style, subtitle
from groklab.evaluation.reliability import Reliability


def calibration_picture(reliability: Reliability, *, split: str) -> Figure:
    """Accuracy over confidence by bin, a calibrated model's diagonal; below, the examples in each bin.

    A point's area tells its share of the examples: a small one off the diagonal may be chance.
    """
    filled = reliability.counts > 0
    confidence, accuracy = reliability.confidence[filled], reliability.accuracy[filled]
    edges, counts = reliability.edges, reliability.counts
    areas = 20 + 130 * counts[filled] / counts.max()
    with style():
        figure = new_figure(height_inch=5.6)
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        top.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 3)), linewidth=1.2, label="calibrated")
        top.vlines(confidence, confidence, accuracy, color=PURPLE, alpha=0.55, linewidth=4, label="gap")
        top.plot(confidence, accuracy, color=BLUE, linewidth=1, alpha=0.5, clip_on=False)
        top.scatter(confidence, accuracy, areas, color=BLUE, clip_on=False, zorder=3, label="model")
        top.set(ylim=(0, 1), xlim=(0, 1), ylabel="accuracy")
        top.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        top.grid()
        top.legend(loc="best")
        total = examples(int(counts.sum()), split)
        subtitle(top, "Calibration", f"calibration error {reliability.calibration_error:.3f} on {total}")
        bottom.bar(edges[:-1], counts, width=edges[1] - edges[0], align="edge", color=BLUE, edgecolor="white")
        bottom.set(xlabel="confidence", ylabel="examples")
        bottom.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        bottom.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        bottom.grid(axis="y")
        return figure
