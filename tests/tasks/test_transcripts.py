import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from groklab.evaluation.ctc_decoding import greedy
from groklab.evaluation.edits import num_edits
from groklab.tasks.transcripts import SymbolErrorRate, Transcripts, collapse, edit_distances

ROWS = st.lists(st.lists(st.integers(1, 3), max_size=6), min_size=1, max_size=5)


def rows(lists):
    most = max(1, *map(len, lists))
    return torch.tensor([[*of, *[0] * (most - len(of))] for of in lists])


def test_repetitions_are_one_symbol_and_blanks_go():
    paths = torch.tensor([[1, 1, 0, 1, 2, 2], [0, 0, 3, 3, 0, 0], [0, 0, 0, 0, 0, 0]])
    assert collapse(paths).tolist() == [[1, 1, 2], [3, 0, 0], [0, 0, 0]]


@given(st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=1, max_size=4))
def test_the_best_path_is_that_of_the_greedy_decoder(paths):
    found = collapse(torch.tensor(paths))
    for path, row in zip(paths, found.tolist(), strict=True):
        assert [symbol for symbol in row if symbol] == greedy(np.eye(4)[path])


@given(ROWS, ROWS)
def test_the_distance_of_each_row_is_levenshteins(said, targets):
    said, targets = said[: len(targets)], targets[: len(said)]
    expected = [num_edits(target, of) for of, target in zip(said, targets, strict=True)]
    assert edit_distances(rows(said), rows(targets)).tolist() == expected


def test_the_rate_is_edits_over_symbols_in_any_batches():
    # 1 2 -> 1 3: one edit of two symbols; 2 2 2 -> nothing: three of three.
    metric = SymbolErrorRate()
    metric.update(torch.tensor([[1, 0, 3]]), torch.tensor([[1, 2]]))
    metric.update(torch.tensor([[0, 0, 0]]), torch.tensor([[2, 2, 2]]))
    assert metric.compute().item() == pytest.approx(4 / 5)


def test_it_reads_log_probabilities_and_knows_its_shapes():
    targets = Transcripts()
    logits = torch.randn(2, 3, 4)
    torch.testing.assert_close(targets.reading(torch.nn.Identity())(logits).exp().sum(-1), torch.ones(2, 3))
    assert targets.fit(logits.shape, torch.Size([2, 5]))
    assert not targets.fit(logits.shape, torch.Size([2]))
    assert not targets.fit(logits[0].shape, torch.Size([2, 5]))
