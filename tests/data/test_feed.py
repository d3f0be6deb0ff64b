import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from groklab.data.feed import Batches, Feed


def feed(count=23, **settings):
    rows = torch.arange(count)
    return Feed(rows[:, None].float(), rows, **{"batch_size": 4, "batches_per_chunk": 2, "seed": 1, **settings})


def seen(source, epoch=0):
    source.sampler.set_epoch(epoch)
    return [batch.tolist() for chunk in source for batch in chunk.y]


@settings(deadline=None, max_examples=50)
@given(count=st.integers(1, 60), size=st.integers(1, 20), chunk=st.integers(1, 9))
def test_an_epoch_shows_each_example_at_most_once_in_full_batches(count, size, chunk):
    batches = seen(feed(count, batch_size=size, batches_per_chunk=chunk))
    rows = [row for batch in batches for row in batch]
    assert len(rows) == len(set(rows))
    assert {len(batch) for batch in batches} == {min(size, count)}
    assert count - len(rows) < min(size, count)


def test_examples_and_targets_stay_together():
    for chunk in feed():
        assert torch.equal(chunk.x[..., 0], chunk.y.float())


def test_the_order_is_a_function_of_seed_and_epoch():
    assert seen(feed(), 3) == seen(feed(), 3)
    assert seen(feed(), 3) != seen(feed(), 4)
    assert seen(feed(), 3) != seen(feed(seed=2), 3)


def test_the_size_of_a_chunk_does_not_change_the_batches():
    assert seen(feed(batches_per_chunk=1)) == seen(feed(batches_per_chunk=5))


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_it_goes_on_in_the_middle_of_an_epoch(chunks):
    whole, cut = feed(), feed()
    expected = seen(whole, 5)
    cut.sampler.set_epoch(5)
    iterator = iter(cut)
    before = [batch.tolist() for _ in range(chunks) for batch in next(iterator).y]
    resumed = feed()
    resumed.load_state_dict(cut.state_dict() if chunks else {"next": 0})
    assert before + seen(resumed, 5) == expected
    assert seen(resumed, 6) == seen(whole, 6)


def test_a_limit_shows_the_same_few_batches_in_every_epoch():
    limited = feed(limit=2)
    assert seen(limited, 0) == seen(limited, 7)
    assert len(seen(limited)) == 2


def test_validation_shows_the_whole_split_in_order():
    rows = torch.arange(10)
    assert [chunk.y[0].tolist() for chunk in Batches(rows, rows, batch_size=4)] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
    ]
