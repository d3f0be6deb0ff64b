"""How well boxes are found: precision over recall, class by class, and in the images themselves."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from groklab.evaluation.drawing import BLUE, BROWN, FAINT, PURPLE, QUIET, examples, new_figure, shorten, style, subtitle
from groklab.evaluation.predictions import Predictions
from groklab.layers.average_precision import IOUS, RECALLS, AveragePrecision

_COLUMNS = 3
_COLORS = (BROWN, BLUE, PURPLE)  # of classes, where they suffice
_MOST_LABELLED = 8  # boxes, above which labels would hide the image


def precision_recall(found: AveragePrecision, *, split: str) -> Figure:
    """Precision over recall at an IoU of 0.5 and of 0.75, the mean over classes; thin lines are the classes at 0.5."""
    with style():
        figure = new_figure(height_inch=3.6)
        axes = figure.subplots()
        axes.plot(RECALLS, found.precision[0], color=FAINT, linewidth=0.9)
        for number, color, line in ((0, BLUE, "-"), (5, BROWN, (0, (4, 2)))):
            label = f"IoU {IOUS[number]:.2f}: AP {found.at(IOUS[number]):.3f}"
            axes.plot(
                RECALLS, np.nanmean(found.precision[number], axis=1), color=color, ls=line, linewidth=2, label=label
            )
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
        axes.grid()
        axes.legend(loc="lower left")
        subtitle(axes, "Precision over recall", f"mean over classes, {split} part; thin: each class at IoU 0.50")
        return figure


def ap_by_class(found: AveragePrecision, names: Sequence[str], boxes: Sequence[int], *, split: str) -> Figure:
    """Average precision of each class, over all IoUs and at 0.5; a class without a box says so."""
    with style():
        figure = new_figure(height_inch=1.3 + 0.34 * len(names))
        axes = figure.subplots()
        at_half, mean = found.by_class[0], found.by_class.mean(axis=0)
        for row, (half, whole, count) in enumerate(zip(at_half, mean, boxes, strict=True)):
            axes.plot([0, 1], [row, row], color=FAINT, linewidth=1, zorder=1)
            if count:
                axes.plot([whole], [row], marker="s", color=BLUE, label="IoU 0.50 to 0.95")
                axes.plot([half], [row], marker="o", color=BROWN, label="IoU 0.50")
            else:
                axes.text(0.01, row, "undefined: no box", color=QUIET, va="bottom", fontsize=9)
        axes.set_yticks(
            range(len(names)), [f"{shorten(name)} ({count:,})" for name, count in zip(names, boxes, strict=True)]
        )
        axes.set(xlabel="average precision", xlim=(0, 1.02), ylim=(len(names) - 0.5, -0.5))
        marks = dict(zip(*axes.get_legend_handles_labels()[::-1], strict=True))
        figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=2)
        subtitle(axes, "Average precision by class", f"{split} part; in brackets the number of boxes")
        return figure


def boxes_picture(
    x: NDArray[Any], predictions: Predictions, names: Sequence[str], *, count: int = 6, least_score: float = 0.3
) -> Figure:
    """The first images [n, channels, height, width], true boxes dashed, boxes that are said with class and score.

    Up to three classes differ in colour; then images with many boxes go without labels.
    """
    with style():
        rows = min(count, len(x))
        height = -(-rows // _COLUMNS)
        figure = new_figure(height_inch=0.8 + 1.62 * height * x.shape[2] / x.shape[3])
        panels = figure.subplots(height, _COLUMNS, squeeze=False).ravel()
        for panel in panels:
            panel.set_axis_off()
        for panel, image, said, truth in zip(panels, x[:rows], predictions.outputs, predictions.targets, strict=False):
            draw_boxes(panel, image, said[said[:, 1] >= least_score], names, truth=truth)
        of = examples(predictions.num_examples, predictions.split)
        title = f"First of {of}\ndashed: what is there; solid: what is said, from a score of {least_score}"
        figure.suptitle(title, fontsize=9, x=0.02, ha="left")
        if len(names) <= len(_COLORS):
            marks = [Line2D([], [], color=color, linewidth=2) for color, _ in zip(_COLORS, names, strict=False)]
            figure.legend(marks, [shorten(name) for name in names], loc="outside lower center", ncols=len(names))
        return figure


def draw_boxes(
    panel: Axes, image: NDArray[Any], said: NDArray[Any], names: Sequence[str], *, truth: NDArray[Any] | None = None
) -> None:
    """One image [channels, height, width] with boxes, whose edges lie on those of pixels."""
    height, width = image.shape[1:]
    shown = image.transpose(1, 2, 0) if len(image) == 3 else image[0]
    panel.imshow(shown, cmap="gray", vmin=0, vmax=255, extent=(0, width, height, 0))
    for row in truth[~np.isnan(truth[:, 0])] if truth is not None else ():
        panel.add_patch(_outline(row[1:], color="white", line=(0, (2, 2)), width=1.6))
    said = said[~np.isnan(said[:, 0])]
    told_by_color = len(names) <= len(_COLORS)
    for row in said:
        color = _COLORS[int(row[0])] if told_by_color else BROWN
        panel.add_patch(_outline(row[2:], color=color, line="-", width=1.2))
        if told_by_color and len(said) > _MOST_LABELLED:
            continue
        panel.text(
            row[2],
            row[3],
            f"{shorten(names[int(row[0])], 10)} {row[1]:.2f}",
            fontsize=6,
            color="white",
            va="bottom",
            clip_on=True,
            bbox={"facecolor": color, "edgecolor": "none", "pad": 0.6, "alpha": 0.8},
        )


def _outline(box: NDArray[Any], *, color: str, line: Any, width: float) -> Rectangle:
    left, top, right, bottom = box.tolist()
    return Rectangle(
        (left, top), right - left, bottom - top, fill=False, edgecolor=color, linestyle=line, linewidth=width
    )
