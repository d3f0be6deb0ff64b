import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.transcription import Transcription
from tests.evaluation.examples import classified, keys

NAMES = ["one", "two", "three"]


def given(outputs, targets) -> Predictions:
    outputs, targets = np.array(outputs, np.int64), np.array(targets, np.int64)
    return Predictions(outputs, targets, keys=keys(len(targets)), split="test", kind="transcription")


def test_rates_of_words_by_hand():
    """ "one two" said as "one three one": a substitution and an insertion for two words; "two" is right.

    Of the letters "one t" and the "o" stay, for "w" comes "hree " (5 edits), and "ne" is put in (2): 7 edits, and the
    references have 7 + 3 characters.
    """
    scores = Transcription().score(given([[1, 3, 1], [2, 0, 0]], [[1, 2], [2, 0]]), names=NAMES)
    assert scores["word_error_rate"] == pytest.approx(2 / 3)
    assert scores["sentence_error_rate"] == 0.5
    assert scores["character_error_rate"] == pytest.approx(7 / 10)


def test_rates_of_characters_by_hand():
    """ "ab a" said as "ab b": one of four characters, one of two words; symbols are " ", "a", "b"."""
    scores = Transcription(unit="character").score(given([[2, 3, 1, 3]], [[2, 3, 1, 2]]), names=[" ", "a", "b"])
    assert scores == {
        "character_error_rate": 0.25,
        "word_error_rate_at_spaces": 0.5,
        "sentence_error_rate": 1.0,
    }


def test_a_rate_can_be_above_one_and_nothing_said_is_one():
    assert Transcription().score(given([[1, 2, 3]], [[3]]))["word_error_rate"] == 2
    assert Transcription().score(given([[0]], [[3]]))["word_error_rate"] == 1


def test_what_cannot_be_spelled_has_a_reason():
    scores = Transcription().score(given([[1]], [[1]]))
    assert scores["character_error_rate"] is None
    assert "no names" in Transcription().undefined(given([[1]], [[1]]))["character_error_rate"]


def test_the_order_of_the_examples_changes_nothing():
    draw = np.random.default_rng(0)
    outputs, targets = draw.integers(1, 4, (20, 5)), draw.integers(1, 4, (20, 4))
    order = draw.permutation(20)
    scores = Transcription().score(given(outputs, targets), names=NAMES)
    assert Transcription().score(given(outputs[order], targets[order]), names=NAMES) == pytest.approx(scores)


def test_plots_say_what_was_left_out_and_put_in():
    rows = Transcription().plots(given([[1, 3, 3]], [[1, 2, 3]]), names=NAMES)["edits"]
    assert rows == [
        {"actual": "one", "predicted": "one"},
        {"actual": "two", "predicted": "three"},
        {"actual": "three", "predicted": "three"},
    ]
    rows = Transcription().plots(given([[3]], [[1]]), names=None)["edits"]
    assert rows == [{"actual": "1", "predicted": "3"}]
    (row,) = Transcription().plots(given([[0]], [[2]]), names=NAMES)["edits"]
    assert row == {"actual": "two", "predicted": "(none)"}


@pytest.mark.parametrize("num_symbols", [3, 40])
def test_pictures_have_titles_and_named_axes(num_symbols):
    draw = np.random.default_rng(1)
    outputs, targets = draw.integers(1, num_symbols + 1, (30, 6)), draw.integers(1, num_symbols + 1, (30, 5))
    figures = Transcription().pictures(given(outputs, targets), names=[f"s{n}" for n in range(num_symbols)])
    assert set(figures) == {"edits", "errors_by_length"}
    for figure in figures.values():
        assert figure.axes[0].get_title(loc="left")
        assert figure.axes[0].get_xlabel()


def test_predictions_of_another_kind_are_refused():
    with pytest.raises(UserError, match="choose evaluation=classification"):
        Transcription().score(classified(np.eye(2), [0, 1]))
