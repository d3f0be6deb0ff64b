import numpy as np

from groklab.evaluation.predictions import Predictions
from groklab.evaluation.wrongest import farthest, farthest_texts, wrongest, wrongest_pictures, wrongest_texts


def said(outputs, targets):
    keys = np.array([f"{row}" for row in range(len(targets))])
    return Predictions(np.array(outputs, float), np.array(targets), keys=keys, split="test", kind="classification")


GIVEN = said([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.05, 0.95]], [1, 1, 0, 0])


def test_the_most_certain_wrong_answers_come_first_and_right_ones_never():
    assert wrongest(GIVEN, 5).tolist() == [3, 0, 2]
    assert wrongest(GIVEN, 1).tolist() == [3]


def test_pictures_show_them_with_what_was_said():
    figure = wrongest_pictures(np.arange(16.0).reshape(4, 1, 2, 2), GIVEN, ["cat", "dog"])
    titles = [title for axes in figure.axes if (title := axes.get_title(loc="left"))]
    assert titles == ["cat as dog\n95%", "dog as cat\n90%", "cat as dog\n70%"]
    assert figure.axes[0].images[0].get_array().tolist() == [[12.0, 13.0], [14.0, 15.0]]


def test_frames_are_drawn_without_those_that_are_absent():
    x = np.full((4, 3, 2), np.nan)
    x[:, :2] = [[1, 2], [3, 4]]
    drawn = wrongest_pictures(x, GIVEN, ["cat", "dog"]).axes[0].images[0].get_array()
    assert drawn.tolist() == [[2.0, 4.0], [1.0, 3.0]]


def test_without_a_wrong_answer_there_is_no_picture():
    assert wrongest_pictures(np.zeros((1, 1, 2, 2)), said([[0.9, 0.1]], [0]), ["a", "b"]) is None


def test_texts_stand_in_lines():
    text = wrongest_texts(["meow", "x" * 300], GIVEN, ["cat", "dog"])
    assert text.splitlines()[0] == "cat taken for dog (95%): meow"
    assert text.splitlines()[2].startswith("dog taken for cat (90%): xxx")
    assert len(text.splitlines()[2]) < 270


def test_the_largest_errors_come_first_whatever_their_sign():
    keys = np.array(["0", "1", "2"])
    given = Predictions(
        np.array([[1.0], [5.0], [-2.5]]), np.array([[1.5], [2.0], [1.0]]), keys=keys, split="test", kind="regression"
    )
    assert farthest(given, 2).tolist() == [2, 1]  # errors of 0.5, 3 and 3.5
    assert farthest_texts(["CCO", "CC"], given) == "1 taken for -2.5: CCO\n\n2 taken for 5: CC\n"
