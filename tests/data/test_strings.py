import numpy as np
import pytest

from groklab.data.strings import as_symbols, connect, draw_strings, faster

WORDS, VOICES = np.tile([0, 1, 2], 4), np.repeat(["anna", "ben"], 6)


def drawn(seed=0, num_strings=200):
    draw = np.random.default_rng(seed)
    return draw_strings(WORDS, VOICES, num_strings=num_strings, lengths=(2, 4), draw=draw)


def test_a_string_has_one_voice_and_every_length_word_and_voice_comes():
    strings = drawn()
    assert {len(string) for string in strings} == {2, 3, 4}
    assert all(len(set(VOICES[string])) == 1 for string in strings)
    assert {VOICES[string[0]] for string in strings} == {"anna", "ben"}
    assert set(np.concatenate(strings)) == set(range(12))


def test_the_seed_determines_the_strings():
    same, other = drawn(seed=1), drawn(seed=2)
    assert all(np.array_equal(a, b) for a, b in zip(drawn(seed=1), same, strict=True))
    assert any(not np.array_equal(a, b) for a, b in zip(other, same, strict=True))


def test_a_voice_that_lacks_a_word_is_named():
    with pytest.raises(ValueError, match="no recording of the word 2 by ben"):
        draw_strings(
            WORDS[:-1][VOICES[:-1] != "x"],
            np.where((WORDS == 2) & (VOICES == "ben"), "anna", VOICES)[:-1],
            num_strings=1,
            lengths=(1, 1),
            draw=np.random.default_rng(0),
        )


def joined(recordings, **arguments):
    usual = {"sample_rate": 1000, "longest_pause_s": 0.0, "fade_s": 0.0, "snr_db": (300.0, 300.0)}
    return connect(recordings, **{**usual, **arguments}, draw=np.random.default_rng(0))


def test_without_pause_or_fade_recordings_follow_each_other():
    signal = joined([np.ones(3), -np.ones(2)])
    np.testing.assert_allclose(signal, [1, 1, 1, -1, -1], atol=1e-9)


def test_ends_fade_linearly():
    # A fade of 3 samples: 1/4, 2/4, 3/4.
    np.testing.assert_allclose(joined([np.ones(8)], fade_s=0.003), [0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25], atol=1e-9)


def test_pauses_reach_from_a_crossfade_to_the_longest():
    gaps = set()
    for seed in range(300):
        draw = np.random.default_rng(seed)
        signal = connect(
            [np.ones(20)] * 2, sample_rate=1000, longest_pause_s=0.004, fade_s=0.002, snr_db=(300, 300), draw=draw
        )
        gaps.add(len(signal) - 40)
    assert gaps == set(range(-2, 5))


def test_the_noise_is_as_quiet_as_it_should_be():
    """20 dB below a signal of power 1/2 is a power of 1/200."""
    tone = np.sin(np.arange(50_000))
    noise = joined([tone], snr_db=(20.0, 20.0)) - tone
    assert (noise**2).mean() == pytest.approx(1 / 200, rel=0.03)


def test_twice_as_fast_is_half_as_long_and_an_octave_higher():
    tone = np.sin(2 * np.pi * 50 * np.arange(1000) / 1000)
    played = faster(tone, 2.0)
    assert len(played) == 500
    assert np.abs(np.fft.rfft(played)).argmax() == 50  # of 500 samples at 1000 a second: 100 Hz


def test_symbols_are_numbered_from_one():
    assert as_symbols([np.array([0, 2]), np.array([1])], 3).tolist() == [[1, 3, 0], [2, 0, 0]]
