import csv

import numpy as np
import pytest
import soundfile

from groklab.data.prepare import prepare
from groklab.data.transcribed_audio import TranscribedAudio
from groklab.errors import UserError
from tests.data.media import sound

TEXTS = ["go left", "Stop", "go  right now", "left\u0301 stop"]


def write(folder, texts=TEXTS, *, seconds=0.5):
    """A sound for each text, 000.wav and on; no transcripts yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, _ in enumerate(texts):
        soundfile.write(folder / f"{number:03}.wav", sound(number, seconds=seconds), 8000)
    return [(f"{number:03}.wav", text) for number, text in enumerate(texts)]


def table(folder, rows, *, columns=("file", "transcript")):
    with open(folder / "transcripts.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])
    return folder


def dataset(folder, **arguments):
    usual = {"sample_rate": 8000, "max_s": 1.0, "frames_per_step": 1, "val_fraction": 0.2, "test_fraction": 0.2}
    return TranscribedAudio(**{"name": "own", "path": str(folder), **usual, **arguments})


def spelled(raw):
    return [[raw.class_names[symbol - 1] for symbol in row if symbol] for row in raw.y]


def test_words_and_characters_of_a_table(tmp_path):
    folder = table(tmp_path, write(tmp_path))
    raw = dataset(folder, unit="word").load()
    assert raw.x.shape == (4, 98, 40)  # 1 + (8000 - 200) // 80
    assert spelled(raw) == [["go", "left"], ["stop"], ["go", "right", "now"], ["left\u0301", "stop"]]
    raw = dataset(folder, unit="character", lowercase=False).load()
    assert ["".join(row) for row in spelled(raw)] == ["go left", "Stop", "go right now", "left\u0301 stop"]
    assert "Symbols are characters" in raw.rules[0]


def test_texts_beside_the_sounds_and_lists_as_librispeech_has_them(tmp_path):
    for name, text in write(tmp_path / "a"):
        (tmp_path / "a" / name).with_suffix(".txt").write_text(f"{text}\n")
    rows = write(tmp_path / "b" / "84", ["ONE TWO", "THREE"])
    lines = [f"{name.removesuffix('.wav')} {text}\n" for name, text in rows]
    (tmp_path / "b" / "84" / "84-1.trans.txt").write_text("".join(lines))
    raw = dataset(tmp_path, unit="word").load()
    assert [" ".join(row) for row in spelled(raw)] == [
        *("go left", "stop", "go right now", "left\u0301 stop"),
        *("one two", "three"),
    ]


def test_speakers_stay_together(tmp_path):
    rows = write(tmp_path, [f"go {number}" for number in range(12)])
    columns = ("file", "transcript", "speaker")
    table(tmp_path, [(*row, "abc"[number % 3]) for number, row in enumerate(rows)], columns=columns)
    raw = dataset(tmp_path).load()
    assert raw.groups.tolist() == list("abc") * 4
    card = prepare(dataset(tmp_path), tmp_path.parent / "prepared")
    assert sorted(card.counts.values()) == [4, 4, 4]
    table(tmp_path, [(*row, "a" if number else "") for number, row in enumerate(rows)], columns=columns)
    with pytest.raises(UserError, match=r"row 2: 000\.wav has no speaker, others have"):
        dataset(tmp_path).load()


def test_a_mean_over_each_sound_is_taken_away_or_not(tmp_path):
    folder = table(tmp_path, write(tmp_path))
    with_mean, without = (dataset(folder, remove_mean=remove).load().x for remove in (False, True))
    np.testing.assert_allclose(without, with_mean - np.nanmean(with_mean, axis=1, keepdims=True), atol=1e-5)


def test_new_sounds_are_read_as_those_of_training_were(tmp_path):
    folder = table(tmp_path, write(tmp_path))
    x, names = dataset(folder).read_inputs(folder)
    np.testing.assert_array_equal(x, dataset(folder).load().x)
    assert names[:2] == ["000.wav", "001.wav"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda rows: [*rows, ("gone.wav", "go")], r"transcripts\.csv, row 6: there is no file gone\.wav"),
        (lambda rows: [*rows[:2], ("002.wav", " ")], r"row 4: the transcript is empty"),
        (lambda rows: [*rows, rows[0]], r"row 6: 000\.wav has a transcript in transcripts\.csv, row 2 too"),
        (lambda rows: [("../x.wav", "go")], r"row 2: file '\.\./x\.wav' does not lie in"),
        (lambda rows: [("000.wav", "go", "left")], r"row 2: has more or fewer cells"),
        (lambda rows: [("000.wav", "go " * 40)], r"row 2: the transcript of 000\.wav needs 119 steps, its sound has"),
    ],
)
def test_a_fault_is_one_line_with_its_row_and_the_mend(tmp_path, change, fault):
    table(tmp_path, change(write(tmp_path)))
    with pytest.raises(UserError, match=fault) as error:
        dataset(tmp_path).load()
    assert "\n" not in str(error.value)


def test_equal_symbols_need_a_step_between_them(tmp_path):
    """Of half a second 48 frames, 16 steps of 3: "a" 16 times needs 16 and 15 more."""
    table(tmp_path, [("000.wav", "ab" * 8), ("001.wav", "a" * 16)] if write(tmp_path) else [])
    with pytest.raises(UserError, match=r"row 3: .* of 001\.wav needs 31 steps, its sound has 16 of 3 frames"):
        dataset(tmp_path, frames_per_step=3).load()


def test_a_sound_without_a_text_is_named(tmp_path):
    write(tmp_path)
    (tmp_path / "000.txt").write_text("go")
    with pytest.raises(UserError, match=r"3 of 4 sounds have no transcript, the first is 001\.wav; write 001\.txt"):
        dataset(tmp_path).load()


def test_no_transcript_at_all_and_no_such_columns_are_named(tmp_path):
    write(tmp_path)
    with pytest.raises(UserError, match=r"holds no transcript; write transcripts\.csv"):
        dataset(tmp_path).load()
    table(tmp_path, [("000.wav", "go")], columns=("path", "transcript"))
    with pytest.raises(UserError, match=r"has no column file \(columns: path, transcript\)"):
        dataset(tmp_path).load()


def test_sounds_that_cannot_be_read_or_are_too_long_are_refused_or_left_out(tmp_path):
    rows = write(tmp_path)
    (tmp_path / "001.wav").write_bytes(b"RIFF nothing")
    soundfile.write(tmp_path / "002.wav", sound(2, seconds=1.5), 8000)
    table(tmp_path, rows)
    with pytest.raises(UserError, match=r"2 of 4 files cannot be read, the first is 001\.wav .*on_error=skip"):
        dataset(tmp_path).load()
    raw = dataset(tmp_path, on_error="skip", unit="word").load()
    assert spelled(raw) == [["go", "left"], ["left\u0301", "stop"]]
    assert any("longer than max_s=1.0 s" in rule for rule in raw.rules)


def test_a_new_transcript_is_new_data(tmp_path):
    folder = table(tmp_path, write(tmp_path))
    before, source = dataset(folder).config_digest(), dataset(folder).load().source_sha256
    table(tmp_path, [("000.wav", "go right"), *write(tmp_path)[1:]])
    assert dataset(folder).config_digest() != before
    assert dataset(folder).load().source_sha256 != source
