import numpy as np
import pytest
import soundfile

from groklab.data.log_mel import log_mel
from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.data.media import audio_folder, sound, sounds


@pytest.fixture
def words(tmp_path):
    for seed, label in enumerate(("no", "yes")):
        sounds(tmp_path / "words" / label, 10, seed=seed)
    return tmp_path / "words"


def test_classes_are_folders_and_frames_are_log_mel(words):
    raw = audio_folder(words).load()
    assert raw.x.shape == (20, 18, 40)  # 1 + (1600 - 200) // 80 = 18
    assert list(raw.class_names) == ["no", "yes"]
    np.testing.assert_array_equal(raw.y, [0] * 10 + [1] * 10)
    np.testing.assert_allclose(raw.x[3], log_mel(sound(3), sample_rate=8000), atol=0.05)  # 16 bits a sample


def test_shorter_sounds_end_in_nothing_and_longer_ones_are_cut(words):
    raw = audio_folder(words, max_s=0.3).load()
    assert raw.x.shape == (20, 28, 40)  # 1 + (2400 - 200) // 80
    assert np.isnan(raw.x[:, 18:]).all()
    assert np.isfinite(raw.x[:, :18]).all()
    raw = audio_folder(words, max_s=0.1).load()
    assert raw.x.shape == (20, 8, 40)  # 1 + (800 - 200) // 80
    assert "Sounds longer than 0.1 s are cut (20)." in raw.rules


@pytest.mark.parametrize("sample_rate", [4000, 11025, 44100])
def test_a_tone_stays_in_its_band_whatever_the_rate_and_the_channels(tmp_path, sample_rate):
    time_s = np.arange(sample_rate) / sample_rate
    (tmp_path / "a").mkdir()
    tone = np.sin(2 * np.pi * 1000 * time_s)
    soundfile.write(tmp_path / "a" / "tone.wav", np.stack([tone, 0.5 * tone], axis=1), sample_rate)
    frames = audio_folder(tmp_path, max_s=1.0).load().x[0]
    assert set(frames[5:-5].argmax(axis=1).tolist()) == {18}  # as in test_log_mel


def test_it_can_be_prepared(words, tmp_path):
    card = prepare(audio_folder(words), tmp_path / "own")
    assert card.counts == {"train": 12, "val": 4, "test": 4}
    assert card.inputs == "frames"


def test_a_speaker_is_not_torn_apart(tmp_path):
    for label in ("no", "yes"):
        for path in sounds(tmp_path / "words" / label, 12, seed=len(label)):
            path.rename(path.with_name(f"{'abcd'[int(path.stem) % 4]}_{path.name}"))
    raw = audio_folder(tmp_path / "words", speaker_from="^([a-z]+)_").load()
    assert "what ^([a-z]+)_ finds in a file's name, and is in one part alone." in raw.rules[0]
    assert sorted(set(raw.groups.tolist())) == ["a", "b", "c", "d"]
    assert raw.groups.tolist().count("a") == 6


def test_a_speaker_in_two_fixed_parts_is_named(tmp_path):
    for part, seed in (("train", 1), ("test", 2)):
        for path in sounds(tmp_path / "words" / part / "no", 2, seed=seed):
            path.rename(path.with_name(f"anna_{path.name}"))
    dataset = audio_folder(tmp_path / "words", speaker_from="^([a-z]+)_", test_fraction=None)
    with pytest.raises(UserError, match="group 'anna' is in train and in test"):
        dataset.load()


def test_a_name_without_a_speaker_is_named(words):
    with pytest.raises(UserError, match=r"finds no speaker in 000\.wav"):
        audio_folder(words, speaker_from="^([a-z]+)_").load()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"speaker_from": "[a-z]+_"}, "with one group"),
        ({"speaker_from": "([a-z]+_"}, "is no regular expression"),
        ({"hop_s": 0.05}, "must hold"),
        ({"num_mels": 300}, "lower num_mels"),
    ],
)
def test_arguments_out_of_range_are_refused(tmp_path, arguments, fault):
    with pytest.raises(ValueError, match=fault):
        audio_folder(tmp_path, **arguments)


def test_new_sounds_are_read_as_those_of_training_were(words):
    dataset = audio_folder(words)
    x, names = dataset.read_inputs(words / "yes")
    np.testing.assert_array_equal(x, dataset.load().x[10:])
    assert names[:2] == ["000.wav", "001.wav"]
