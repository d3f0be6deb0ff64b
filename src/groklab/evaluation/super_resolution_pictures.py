"""Enlarged images beside the truth."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter
from numpy.typing import NDArray

from groklab.evaluation.drawing import BLUE, BROWN, new_figure, style, subtitle
from groklab.layers.luma import luma

Array = NDArray[Any]
_BINS = 60


def texture(said: Array, truth: Array, *, num_images: int, split: str) -> Figure:
    """How often gradients of each size are there, in enlarged images and in the truth."""
    most = float(max(np.quantile(said, 0.999), np.quantile(truth, 0.999), 1.0))
    edges = np.linspace(0, most, _BINS + 1)
    with style():
        figure = new_figure(height_inch=3.2)
        axes = figure.subplots()
        for values, colour, label in ((truth, BROWN, "truth"), (said, BLUE, "enlarged")):
            counts, _ = np.histogram(values, edges)
            axes.stairs(counts / len(values), edges, color=colour, linewidth=1.6, label=label)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.3g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set(xlabel="gradient of luma (grey levels a pixel)", ylabel="share of pixels")
        axes.legend()
        axes.grid()
        subtitle(axes, "Texture", f"{num_images} {split} image{'' if num_images == 1 else 's'}")
        return figure


def before_and_after(rows: Sequence[Mapping[str, Array]], *, size: int) -> Figure:
    """A row an image: the truth with a frame, and what is in the frame, in each version.

    Args:
        rows: Versions of one image by name, [channels, height, width] from 0 to 255, all of one size; the last one is
            the truth, the one before it the network's.
        size: Height and width of the frame, in pixels.
    """
    columns = list(rows[0])
    with style():
        figure = new_figure(width_inch=8.4, height_inch=0.3 + 1.75 * len(rows))
        panels = figure.subplots(len(rows), len(columns) + 1, squeeze=False)
        for panels_of_row, versions in zip(panels, rows, strict=True):
            *_, network, truth = versions.values()
            top, left = hardest(network, truth, size)
            whole = panels_of_row[0]
            whole.imshow(_shown(truth))
            whole.add_patch(Rectangle((left, top), size, size, fill=False, edgecolor="#ffd500", linewidth=1.4))
            for panel, name in zip(panels_of_row[1:], columns, strict=True):
                panel.imshow(_shown(versions[name][:, top : top + size, left : left + size]), interpolation="nearest")
            for panel in panels_of_row:
                panel.set_axis_off()
                panel.set_anchor("N")
        for panel, name in zip(panels[0], ["test image", *columns], strict=True):
            panel.set_title(name, fontsize=8.5, loc="center")
    return figure


def hardest(said: Array, truth: Array, size: int) -> tuple[int, int]:
    """Top and left of the frame of ``size`` pixels with the largest squared error of luma, a quarter frame a step."""
    error = np.square(luma(said) - luma(truth))
    sums = np.pad(error, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    step = max(size // 4, 1)
    tops, lefts = (range(0, max(length - size, 0) + 1, step) for length in error.shape)
    inside = {
        (top, left): sums[min(top + size, error.shape[0]), min(left + size, error.shape[1])]
        - sums[top, min(left + size, error.shape[1])]
        - sums[min(top + size, error.shape[0]), left]
        + sums[top, left]
        for top in tops
        for left in lefts
    }
    return max(inside, key=lambda place: inside[place])


def _shown(image: Array) -> NDArray[np.uint8]:
    pixels = np.clip(np.floor(image.astype(np.float64) + 0.5), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
