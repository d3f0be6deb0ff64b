import itertools
import math

import numpy as np
import pytest

from groklab.evaluation.ctc_decoding import as_rows, beam, decode, greedy


def test_the_best_path_is_not_the_best_transcript():
    """Twice 0.6 for the blank: the best path says nothing (0.36), but "1" has 0.16 + 0.24 + 0.24 = 0.64."""
    steps = np.log([[0.6, 0.4], [0.6, 0.4]])
    assert greedy(steps) == []
    assert beam(steps, width=2) == [1]


def test_a_symbol_comes_twice_only_after_a_blank():
    once, twice = np.log(np.full((3, 2), 0.01)), np.log(np.full((3, 2), 0.01))
    once[[0, 1, 2], [1, 1, 0]] = twice[[0, 1, 2], [1, 0, 1]] = math.log(0.99)
    assert greedy(once) == beam(once, width=4) == [1]
    assert greedy(twice) == beam(twice, width=4) == [1, 1]


@pytest.mark.parametrize("seed", range(10))
def test_a_beam_that_keeps_all_finds_the_most_probable_transcript(seed):
    probabilities = np.random.default_rng(seed).dirichlet([0.5, 0.5, 0.5], size=5) * 0.999 + 0.001 / 3
    chances = {}
    for path in itertools.product(range(3), repeat=5):
        said = tuple(symbol for symbol, _ in itertools.groupby(path) if symbol)
        chances[said] = chances.get(said, 0) + math.prod(probabilities[range(5), path])
    assert beam(np.log(probabilities), width=1000) == list(max(chances, key=chances.get))


def test_absent_steps_change_no_transcript():
    steps = np.log(np.random.default_rng(3).dirichlet([0.3] * 4, size=12))
    absent = np.array([[0.0, -1e4, -1e4, -1e4]] * 7)
    longer = np.concatenate([steps, absent])
    assert greedy(longer) == greedy(steps)
    assert beam(longer, width=5) == beam(steps, width=5)


def test_both_decoders_by_name_and_transcripts_as_rows():
    steps = np.log([[[0.6, 0.4], [0.6, 0.4]]])
    assert decode(steps, decoder="greedy", beam_width=1) == [[]]
    assert decode(steps, decoder="beam", beam_width=4) == [[1]]
    assert as_rows([[2, 1], [], [3]]).tolist() == [[2, 1], [0, 0], [3, 0]]
    assert as_rows([[], []]).tolist() == [[0], [0]]
