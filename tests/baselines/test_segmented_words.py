import math

import numpy as np
import pytest
from sklearn.base import clone

from groklab.baselines.segmented_words import Cut, SegmentedWords, pieces

ABSENT = math.nan


def strings(num, *, seed=0, pause=(6, 10)):
    """Words 1, 2, 3: six loud frames whose second feature rises, falls or stays; quiet frames between them."""
    draw, made, said = np.random.default_rng(seed), [], []
    slopes = {1: np.linspace(-1, 1, 6), 2: np.linspace(1, -1, 6), 3: np.zeros(6)}
    for _ in range(num):
        symbols = draw.integers(1, 4, draw.integers(1, 4)).tolist()
        parts = []
        for symbol in symbols:
            quiet = np.stack([np.full(n := draw.integers(*pause), -8.0), np.zeros(n)], axis=1)
            parts += [quiet, np.stack([np.full(6, 2.0), slopes[symbol]], axis=1)]
        frames = np.concatenate([*parts, [[-8.0, 0.0]] * 6])
        made.append(frames + draw.normal(0, 0.05, frames.shape))
        said.append(symbols)
    x = np.full((num, max(map(len, made)) + 5, 2), ABSENT, np.float32)
    y = np.zeros((num, 3), np.int32)
    for row, (frames, symbols) in enumerate(zip(made, said, strict=True)):
        x[row, : len(frames)], y[row, : len(symbols)] = frames, symbols
    return x, y


def test_a_string_is_cut_at_its_pauses_by_hand():
    energy = np.array([0, 0, 9, 9, 9, 0, 9, 9, 0, 0, 0, 9, 9, 9, 9, 0, 0], float)[:, None]
    assert pieces(energy, Cut("first", 0.5, 1)) == [(2, 5), (6, 8), (11, 15)]
    assert pieces(energy, Cut("first", 0.5, 2)) == [(2, 8), (11, 15)]  # a pause of one frame is none


def test_it_hears_words_between_pauses():
    baseline = SegmentedWords().fit(*strings(80))
    x, y = strings(40, seed=1)
    said = baseline.predict(x)
    assert said.dtype == np.int64
    assert [row[row != 0].tolist() for row in said] == [row[row != 0].tolist() for row in y]


def test_absent_frames_change_nothing_and_neither_does_the_batch():
    baseline = SegmentedWords().fit(*strings(60))
    x, _ = strings(5, seed=2)
    longer = np.concatenate([x, np.full((5, 9, 2), ABSENT, np.float32)], axis=1)
    np.testing.assert_array_equal(baseline.predict(longer), baseline.predict(x))
    one = baseline.predict(x[:1])[0]
    assert one[one != 0].tolist() == [symbol for symbol in baseline.predict(x)[0] if symbol]


def test_it_learns_from_what_it_is_given_alone():
    baseline = SegmentedWords(num_slices=3)
    fitted = clone(baseline).fit(*strings(60))
    assert fitted.num_slices == 3 and not hasattr(baseline, "cut_")
    assert baseline.units == "data"


def test_strings_that_cannot_be_cut_are_refused():
    x, y = strings(30)
    with pytest.raises(ValueError, match="cut at pauses"):
        SegmentedWords().fit(np.where(np.isnan(x), x, 1.0), np.tile([1, 2, 3], (30, 1)))
    with pytest.raises(ValueError, match=r"give \[n, time, features\]"):
        SegmentedWords().fit(x[0], y)
