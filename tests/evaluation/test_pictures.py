import matplotlib as mpl
import numpy as np
import pytest

from groklab.evaluation.classification import Classification
from groklab.evaluation.drawing import png, shorten
from groklab.evaluation.regression import Regression
from tests.evaluation.examples import classified, drawn_classes, drawn_values, valued


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_every_picture_has_a_title_and_named_axes():
    pictures = Classification().pictures(drawn_classes(30, 3), names=None)
    pictures |= Regression().pictures(drawn_values(30, 1), names=None)
    assert set(pictures) == {"confusion_matrix", "calibration", "residuals", "predicted_vs_actual"}
    for figure in pictures.values():
        assert figure.axes[0].get_title(loc="left")
        assert figure.axes[0].get_ylabel()
        assert any(axes.get_xlabel() for axes in figure.axes)


def test_the_confusion_matrix_shows_counts_where_there_are_any():
    # Actual 0 0 0 1, said 0 0 1 1.
    given = classified(np.eye(3)[[0, 0, 1, 1]], [0, 0, 0, 1])
    axes = Classification().pictures(given, names=["cat", "dog", "emu"])["confusion_matrix"].axes[0]
    placed = {text.get_position(): text.get_text() for text in axes.texts if text.get_text().isdigit()}
    assert placed == {(0, 0): "2", (1, 0): "1", (1, 1): "1"}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "emu"]
    shares = axes.images[0].get_array()
    assert shares[0].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
    assert shares.mask[2].all()


@pytest.mark.parametrize(("classes", "numbered"), [(20, True), (21, False), (60, False)])
def test_many_classes_leave_the_numbers_out(classes, numbered):
    figure = Classification().pictures(drawn_classes(5 * classes, classes), names=None)["confusion_matrix"]
    assert any(text.isdigit() for text in texts(figure.axes[0])) == numbered
    assert png(figure).startswith(b"\x89PNG")


def test_the_first_four_of_many_targets_are_drawn_and_it_is_said():
    figure = Regression().pictures(drawn_values(20, 6), names=None)["predicted_vs_actual"]
    assert len(figure.axes) == 4
    assert any("first 4 of 6" in text for text in texts(figure.axes[0]))


@pytest.mark.parametrize("given", [valued([1], [1]), valued([3, 3], [3, 3]), valued([0, 1e12], [0, 1e-12])])
def test_odd_values_are_drawn(given):
    for figure in Regression().pictures(given, names=["$a_b$"]).values():
        assert png(figure).startswith(b"\x89PNG")


def test_equal_pictures_are_equal_bytes_whatever_the_user_has_set(monkeypatch):
    def draw() -> bytes:
        return png(Classification().pictures(drawn_classes(30, 3), names=None)["calibration"])

    first = draw()
    assert b"Software" not in first
    monkeypatch.setitem(mpl.rcParams, "font.size", 30)
    monkeypatch.setitem(mpl.rcParams, "savefig.dpi", 10)
    assert draw() == first
    assert mpl.rcParams["font.size"] == 30


def test_long_names_are_cut():
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"
