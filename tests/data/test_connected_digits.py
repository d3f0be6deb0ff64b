"""Strings made of a few noises that stand for recordings; the canonical ones are in test_canonical."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

import groklab.data.connected_digits as module
from groklab.data.connected_digits import ConnectedDigits
from groklab.data.fsdd import Recording
from groklab.data.prepare import prepare
from groklab.data.sources import Fetched

VOICES = ("george", "theo", "lucas")


@pytest.fixture
def recordings(monkeypatch):
    """Each a tone of its own loudness pattern, in the order of no archive."""
    made = [
        Recording(digit, voice, number, noise(digit, voice, number))
        for voice in VOICES
        for digit in range(10)
        for number in range(12)
    ]
    given = [made[row] for row in np.random.default_rng(0).permutation(len(made))]
    monkeypatch.setattr(module, "read_recordings", lambda: (list(given), Fetched(Path("x"), "a test", "0" * 64)))
    return given


def noise(digit, voice, number):
    draw = np.random.default_rng([digit, VOICES.index(voice), number])
    return draw.normal(0, 0.1, 1200 + 80 * digit).astype(np.float32)


def digits(**arguments):
    usual = {
        "name": "connected",
        "num_strings": [20, 6, 8],
        "snr_db": [30.0, 40.0],
        "speeds": [1.0, 1.0],
        "max_s": 3.0,
        "shape": None,
        "num_features": None,
        "num_outputs": 11,
    }
    return ConnectedDigits(**{**usual, **arguments})


def used(dataset, monkeypatch):
    """Recordings that each part is made of."""
    found = {"train": set(), "val": set(), "test": set()}
    original = ConnectedDigits._sound

    def spied(self, recordings, string, part, number):
        found[part] |= {recordings[row][:3] for row in string}
        return original(self, recordings, string, part, number)

    monkeypatch.setattr(ConnectedDigits, "_sound", spied)
    return dataset.load(), found


def test_strings_are_frames_and_symbols(recordings):
    raw = digits().load()
    assert raw.y.shape == (34, 7)
    assert raw.split.tolist() == ["train"] * 20 + ["val"] * 6 + ["test"] * 8
    assert set(np.unique(raw.y)) <= set(range(11))
    lengths = (raw.y != 0).sum(1)
    assert lengths.min() >= 3 and lengths.max() <= 7
    assert raw.class_names[0] == "zero"  # symbol 1
    assert raw.x.shape[1:] == (1 + (24000 - 200) // 80, 40)


def test_no_recording_is_in_two_parts_and_the_test_part_is_the_sources(recordings, monkeypatch):
    _, found = used(digits(num_strings=[60, 20, 20]), monkeypatch)
    numbers = {part: {number for _, _, number in of} for part, of in found.items()}
    assert numbers == {"test": set(range(5)), "val": set(range(5, 10)), "train": {10, 11}}


def test_a_speaker_that_is_held_out_is_in_the_test_part_alone(recordings, monkeypatch):
    _, found = used(digits(held_out_speaker="theo", num_strings=[60, 20, 20]), monkeypatch)
    voices = {part: {voice for _, voice, _ in of} for part, of in found.items()}
    assert voices == {"test": {"theo"}, "val": {"george", "lucas"}, "train": {"george", "lucas"}}
    assert {number for _, _, number in found["val"]} == set(range(5))
    assert not {number for _, _, number in found["train"]} & set(range(5))


def test_the_seed_determines_everything_whatever_the_archives_order(recordings, monkeypatch):
    first = digits(speeds=[0.9, 1.1]).load()
    recordings.reverse()
    again = digits(speeds=[0.9, 1.1]).load()
    np.testing.assert_array_equal(again.x, first.x)
    np.testing.assert_array_equal(again.y, first.y)
    assert not np.array_equal(digits(speeds=[0.9, 1.1], seed=1).load().y, first.y)


def test_only_the_training_part_is_played_at_other_speeds(recordings):
    plain, played = digits().load(), digits(speeds=[0.8, 0.8]).load()
    train = plain.split == "train"
    np.testing.assert_array_equal(played.x[~train], plain.x[~train])
    there = [(~np.isnan(of.x[train][..., 0])).sum() for of in (plain, played)]
    assert there[1] / there[0] == pytest.approx(1 / 0.8, rel=0.1)


def test_a_string_without_room_loses_its_last_words(recordings):
    whole, cut = digits().load(), digits(max_s=0.6, longest_pause_s=0.0).load()
    assert (~np.isnan(cut.x).all(2)).sum(1).max() <= 1 + (4800 - 200) // 80
    for row in range(len(cut.y)):
        kept = cut.y[row][cut.y[row] != 0]
        assert len(kept) >= 1 and np.array_equal(kept, whole.y[row][: len(kept)])
    assert any("lose their last words" in rule and "(0)" not in rule for rule in cut.rules)


def test_a_mean_is_taken_from_the_frames_that_are_there(recordings):
    raw = digits(remove_mean=True).load()
    np.testing.assert_allclose(np.nanmean(raw.x, axis=1), 0, atol=1e-4)


def test_it_can_be_prepared_and_reads_a_users_sounds(recordings, tmp_path):
    dataset = digits(remove_mean=True)
    card = prepare(dataset, tmp_path / "connected")
    assert card.counts == {"train": 20, "val": 6, "test": 8}
    assert card.num_outputs == 11 and card.kind == "transcription"
    soundfile.write(tmp_path / "one.wav", noise(1, "theo", 1), 8000)
    x, names = dataset.read_inputs(tmp_path / "one.wav")
    assert names == ["one.wav"] and x.shape[1:] == tuple(card.shape)
    np.testing.assert_allclose(np.nanmean(x, axis=1), 0, atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"shortest": 5, "longest": 4}, "shortest=5"),
        ({"speeds": [1.2, 1.0]}, "slower one first"),
        ({"snr_db": [40.0, 20.0]}, "lesser one first"),
        ({"hop_s": 0.1}, "must hold"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, fault):
    with pytest.raises(ValueError, match=fault):
        digits(**arguments)
