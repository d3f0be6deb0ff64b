import numpy as np
import pytest

from groklab.data.spoken_strings import SpokenStrings
from groklab.data.spoken_words import read_utterances
from groklab.errors import UserError


def strings(**arguments):
    usual = {
        "name": "strings",
        "num_strings": [30, 8, 12],
        "shape": [200, 13],
        "num_features": 2600,
        "num_outputs": 11,
    }
    return SpokenStrings(**{**usual, **arguments})


@pytest.fixture(scope="module")
def utterances():
    try:
        return read_utterances()[0]
    except UserError as error:
        pytest.skip(str(error))


def test_a_fifth_of_the_recordings_is_tested_and_none_is_in_two_parts(utterances):
    parts = strings().parts(utterances)
    assert [(parts == part).sum() for part in ("train", "val", "test")] == [2100, 300, 600]
    order = np.random.default_rng(0).permutation(len(utterances))
    np.testing.assert_array_equal(strings().parts([utterances[row] for row in order]), parts[order])


def test_each_frame_of_a_string_is_one_of_its_own_part(utterances):
    dataset = strings()
    raw, parts = dataset.load(), dataset.parts(utterances)
    for part in ("train", "val", "test"):
        ours = {frame.tobytes() for row in np.flatnonzero(parts == part) for frame in utterances[row]}
        found = raw.x[raw.split == part]
        frames = found[~np.isnan(found).all(2)]
        assert len(frames) > 500
        assert all(frame.tobytes() in ours for frame in frames)


def test_without_pauses_a_string_is_its_words(utterances):
    raw = strings(longest_pause=0).load()
    with_pauses = strings().load()
    assert np.isnan(with_pauses.x).sum() < np.isnan(raw.x).sum()
    assert ((raw.y != 0).sum(1) >= 3).all()


def test_the_seed_determines_everything(utterances):
    first, again = strings().load(), strings().load()
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(strings(seed=1).load().y, first.y)


def test_a_string_without_room_loses_its_last_words(utterances):
    raw = strings(shape=[50, 13], num_features=650).load()
    assert ((raw.y != 0).sum(1) < 7).all()
    assert ((raw.y != 0).sum(1) >= 1).all()


def test_arguments_out_of_range_are_refused():
    with pytest.raises(ValueError, match="shortest=8"):
        strings(shortest=8)
