"""A matplotlib figure -> SVG text for inside a page: unique ids, the page's colours and font, no dates."""

import io
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "groklab",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
}

# Colours to draw with; each is replaced by the page's own, so that a picture follows light, dark and print.
INK, FAINT, NETWORK, BASELINE, GAP = "#010101", "#020202", "#030303", "#040404", "#050505"
GROUND, AHEAD, BEHIND, TIE = "#060606", "#070707", "#080808", "#090909"
_ON_PAGE = {
    INK: "currentColor",
    FAINT: "var(--line)",
    NETWORK: "var(--network)",
    BASELINE: "var(--baseline)",
    GAP: "var(--gap)",
    GROUND: "var(--ground)",
    AHEAD: "var(--ahead)",
    BEHIND: "var(--behind)",
    TIE: "var(--tie)",
}
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def inline_svg(figure: "Figure", *, name: str, description: str) -> str:
    """The figure as one ``<svg role="img">`` element whose ids all begin with ``name``.

    Args:
        figure: Drawn under ``STYLE`` with the colours of this module on a transparent ground.
        name: Unique on the page; letters, digits and hyphens.
        description: What a reader who does not see it should know.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata=_NO_METADATA)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(r' id="([^"]+)"', lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", text)
    text = re.sub(r'\b(?:xlink:)?href="#([^"]+)"', rf'href="#{name}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r'\b(?:d|x|y|transform)="[^"]*"', lambda place: re.sub(r"(\.\d\d)\d+", r"\1", place[0]), text)
    text = re.sub(r"font-family: [^;\"]+|font: ([\d.]+px) [^;\"]+", _font, text)
    for drawn, shown in _ON_PAGE.items():
        text = text.replace(drawn, shown)
    (box,) = re.findall(r'viewBox="([^"]+)"', text[: text.index(">")])
    opening = (
        f'<svg class="drawing" role="img" aria-labelledby="{name}-title" viewBox="{box}">'
        f'<title id="{name}-title">{escape(description)}</title>'
    )
    return opening + re.sub(r"\s*\n\s*", "\n", text[text.index(">") + 1 :]).strip()


def _font(match: re.Match[str]) -> str:
    return f"font: {match[1]} var(--sans)" if match[1] else "font-family: var(--sans)"
