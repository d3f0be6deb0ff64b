"""How the pictures of an evaluation look: legible on a phone, told apart without colour vision."""

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WIDTH_INCH = 4.8
INK, QUIET, FAINT, EMPTY = "#1d2125", "#565d64", "#d9d9d2", "#ecece7"
BLUE, BROWN, PURPLE = "#0b5cad", "#a04a10", "#8b6fb3"
_DPI = 180
_STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.color": QUIET,
    "ytick.labelcolor": INK,
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw and save under it: neither a user's matplotlibrc nor an earlier picture changes a byte."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def new_figure(*, width_inch: float = WIDTH_INCH, height_inch: float) -> Figure:
    """An empty figure with a canvas of its own, outside of pyplot."""
    figure = Figure(figsize=(width_inch, height_inch), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as PNG without metadata: equal pictures are equal bytes.

    Drawings have 256 colours, which is a third of the bytes; photographs in them keep their own.
    """
    from PIL import Image

    drawn, small = io.BytesIO(), io.BytesIO()
    with style():
        figure.savefig(drawn, format="png", dpi=_DPI)
    with Image.open(drawn) as image:
        arrays = [shown.get_array() for axes in figure.axes for shown in axes.images]
        coloured = any(array is not None and array.ndim == 3 for array in arrays)
        picture = image.convert("RGB")
        picture = picture if coloured else picture.quantize(256, dither=Image.Dither.NONE)
        picture.save(small, format="PNG", optimize=True)
    return small.getvalue()


def examples(count: int, split: str) -> str:
    """``360 test examples``."""
    return f"{count:,} {split} example{'' if count == 1 else 's'}"


def shorten(name: str, length: int = 14) -> str:
    """A name that fits beside an axis."""
    return name if len(name) <= length else name[: length - 1] + "…"


def subtitle(axes: Axes, title: str, detail: str) -> None:
    """A bold title over a quiet line."""
    axes.set_title(title, pad=20)
    axes.annotate(
        detail,
        (0, 1),
        xytext=(0, 6),
        xycoords="axes fraction",
        textcoords="offset points",
        color=QUIET,
        fontsize=9.5,
    )
