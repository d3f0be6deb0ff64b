"""Error rates of transcripts as the report compares them."""

import numpy as np
import pytest

from groklab.evaluation.predictions import Predictions
from groklab.evaluation.transcription import Transcription
from groklab.report import wording
from groklab.report.headlines import HEADLINES, headline_of

TARGETS = np.array([[1, 2, 0], [3, 1, 2]])
OURS, THEIRS = np.array([[1, 2], [3, 0]]), np.array([[2, 0, 0], [1, 2, 0]])


@pytest.mark.parametrize(("unit", "metric"), [("word", "word_error_rate"), ("character", "character_error_rate")])
def test_the_rate_of_the_unit_is_what_is_compared_and_it_is_the_recorded_one(unit, metric):
    given = Predictions(OURS, TARGETS, keys=np.array(["a", "b"]), split="test", kind="transcription")
    scores = Transcription(unit=unit).score(given, names=["a", "b", "c"])
    assert headline_of(scores) == metric
    assert HEADLINES[metric].score(OURS, TARGETS) == pytest.approx(scores[metric]) == pytest.approx(2 / 5)


def test_a_difference_on_a_draw_by_hand():
    """Of the strings of 2 and 3 symbols we miss 0 and 2, they 1 and 1."""
    difference = HEADLINES["word_error_rate"].difference(OURS, THEIRS, TARGETS)
    drawn = np.array([[0, 1], [0, 0], [1, 1]])
    np.testing.assert_allclose(difference(drawn), [0, -2 / 4, 2 / 6])


def test_lower_is_better():
    assert not HEADLINES["word_error_rate"].higher_is_better
    assert wording.direction("sentence_error_rate") == "↓"
    assert wording.direction("word_error_rate_at_spaces") == "↓"
    assert wording.metric("word_error_rate_at_spaces") == "Word error rate at spaces"
