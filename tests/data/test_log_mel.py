import numpy as np
import pytest

from groklab.data.log_mel import log_mel, mel_filters, num_frames


def tone(hertz, *, sample_rate=8000, seconds=0.5):
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * sample_rate)) / sample_rate)


@pytest.mark.parametrize(
    # Half of 8,000 Hz is 2146.06 mel, so 40 bands are 52.343 mel apart and band k peaks at 52.343 (k + 1) mel.
    ("hertz", "band"),
    [
        (1000, 18),  # 999.99 mel are 19.10 spacings: nearest is the 19th peak, number 18 from 0
        (500, 11),  # 607.45 mel, 11.61 spacings
        (3000, 35),  # 1876.5 mel, 35.85 spacings
        (200, 4),  # 283.23 mel, 5.41 spacings
    ],
)
def test_a_pure_tone_peaks_in_the_band_that_holds_its_frequency(hertz, band):
    mels = log_mel(tone(hertz), sample_rate=8000)
    assert set(mels.argmax(axis=1).tolist()) == {band}


def test_triangles_rise_to_one_and_fall_where_the_next_rises():
    filters = mel_filters(sample_rate=8000, num_mels=10, window=200)
    assert filters.shape == (10, 129)  # 200 samples are filled to 256
    assert filters.min() == 0
    assert filters.max() <= 1
    between = slice(filters[0].argmax() + 1, filters[-1].argmax())
    np.testing.assert_allclose(filters.sum(axis=0)[between], 1, rtol=1e-12)


def test_silence_is_the_logarithm_of_the_floor():
    np.testing.assert_allclose(log_mel(np.zeros(1000), sample_rate=8000), np.log(1e-6), rtol=1e-6)


def test_white_noise_has_its_variance_as_power_in_each_frequency():
    noise = np.random.default_rng(0).normal(scale=0.1, size=400_000)
    power = np.exp(log_mel(noise, sample_rate=8000, num_mels=10).astype(float)) - 1e-6
    expected = 0.01 * mel_filters(sample_rate=8000, num_mels=10, window=200).sum(axis=1)
    np.testing.assert_allclose(power.mean(axis=0), expected, rtol=0.02)


@pytest.mark.parametrize(("samples", "frames"), [(0, 1), (1, 1), (200, 1), (279, 1), (280, 2), (8000, 98)])
def test_frames_are_the_windows_within_the_signal(samples, frames):
    # windows of 200 samples each 80: 1 + (8000 - 200) // 80 = 98
    assert log_mel(np.zeros(samples), sample_rate=8000).shape == (frames, 40)
    assert num_frames(samples, sample_rate=8000) == frames


def test_a_frame_is_of_its_window_alone():
    signal = np.random.default_rng(0).normal(size=1000)
    whole, third = (log_mel(given, sample_rate=8000) for given in (signal, signal[160:360]))
    np.testing.assert_allclose(whole[2], third[0], rtol=1e-5)
    assert whole.dtype == np.float32


def test_ten_times_as_loud_is_a_hundred_times_the_power():
    quiet = log_mel(tone(1000), sample_rate=8000)[:, 18]
    np.testing.assert_allclose(log_mel(10 * tone(1000), sample_rate=8000)[:, 18] - quiet, np.log(100), rtol=1e-4)


def test_bands_narrower_than_a_window_can_tell_apart_are_refused():
    with pytest.raises(ValueError, match=r"num_mels=200: band .* lower num_mels or raise window_s"):
        log_mel(np.zeros(1000), sample_rate=8000, num_mels=200)
