import re

import matplotlib as mpl
from matplotlib.figure import Figure

from groklab.report.inline_svg import INK, STYLE, inline_svg


def drawn(name, text="x"):
    with mpl.rc_context(STYLE):
        figure = Figure()
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], "o-", color=INK)
        axes.set_title(text)
        return inline_svg(figure, name=name, description=text)


def test_ids_are_unique_on_a_page_with_two_figures():
    ids = re.findall(r'\bid="([^"]+)"', drawn("a") + drawn("b"))
    assert len(ids) == len(set(ids))


def test_every_reference_within_the_figure_resolves():
    svg = drawn("a")
    ids = set(re.findall(r'\bid="([^"]+)"', svg))
    assert {match[0] or match[1] for match in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)} <= ids


def test_text_is_escaped_and_never_read_as_mathematics():
    svg = drawn("a", "<script>$\\frac{1}$")
    assert "<script" not in svg
    assert "&lt;script&gt;$\\frac{1}$" in svg


def test_it_takes_the_page_s_colour_and_names_no_address():
    svg = drawn("a")
    assert "currentColor" in svg
    assert INK not in svg
    assert "http" not in svg


def test_places_are_told_to_a_hundredth_of_a_point_and_texts_are_kept():
    svg = drawn("a", "0.000123456")
    assert "0.000123456" in svg
    assert not re.search(r'\b(?:d|x|y|transform)="[^"]*\.\d{3}', svg)


def test_the_same_figure_gives_the_same_text():
    assert drawn("a") == drawn("a")
