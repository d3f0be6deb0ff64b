"""Strings of words made of single recordings: which are drawn, and how their sounds are joined."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int32, Int64, Shaped

Array = np.ndarray[Any, Any]


def draw_strings(
    words: Int64[np.ndarray, " recordings"],
    voices: Shaped[np.ndarray, " recordings"],
    *,
    num_strings: int,
    lengths: tuple[int, int],
    draw: np.random.Generator,
) -> list[Int64[np.ndarray, " length"]]:
    """Rows of the recordings of each string: one voice, words independent of each other, each as likely as another.

    Args:
        words: What each recording says.
        voices: Who speaks in it.
        num_strings: How many strings.
        lengths: Least and greatest number of words, each as likely as another.
        draw: Of all that is random.

    Raises:
        ValueError: A voice lacks a word.
    """
    known, speakers = np.unique(words), np.unique(voices)
    rows = {(voice, word): np.flatnonzero((voices == voice) & (words == word)) for voice in speakers for word in known}
    for (voice, word), found in rows.items():
        if not len(found):
            raise ValueError(f"there is no recording of the word {word} by {voice}; each voice must say every word")
    strings = []
    for _ in range(num_strings):
        voice = speakers[draw.integers(len(speakers))]
        said = known[draw.integers(len(known), size=draw.integers(lengths[0], lengths[1] + 1))]
        strings.append(np.array([draw.choice(rows[voice, word]) for word in said]))
    return strings


def connect(
    recordings: Sequence[Float[np.ndarray, " samples"]],
    *,
    sample_rate: int,
    longest_pause_s: float,
    fade_s: float,
    snr_db: tuple[float, float],
    draw: np.random.Generator,
) -> Float32[np.ndarray, " samples"]:
    """The recordings one after the other, over a floor of white noise.

    Each fades in and out linearly over ``fade_s``; the next begins between ``fade_s`` before the end of one (a
    crossfade) and ``longest_pause_s`` after it, any moment as likely as another. The power of the noise is that of
    the recordings less ``snr_db``, drawn once for the string.

    Args:
        recordings: Full scale is -1 to 1.
        sample_rate: Samples a second.
        longest_pause_s: From the end of one to the beginning of the next, in seconds.
        fade_s: In seconds.
        snr_db: Least and greatest ratio of signal to noise, in decibel.
        draw: Of all that is random.
    """
    fade = round(fade_s * sample_rate)
    starts, end = [], 0
    for place, recording in enumerate(recordings):
        start = end + int(draw.integers(-fade, round(longest_pause_s * sample_rate) + 1)) if place else 0
        starts.append(max(0, start))
        end = starts[-1] + len(recording)
    signal: Array = np.zeros(end)
    for start, recording in zip(starts, recordings, strict=True):
        signal[start : start + len(recording)] += recording * _ramps(len(recording), fade)
    power = float((np.concatenate(recordings).astype(np.float64) ** 2).mean())
    noise = np.sqrt(power * 10 ** (-draw.uniform(*snr_db) / 10))
    return np.asarray(signal + noise * draw.standard_normal(end), np.float32)


def faster(recording: Float[np.ndarray, " samples"], rate: float) -> Float32[np.ndarray, " resampled"]:
    """The recording played ``rate`` times as fast: shorter, and higher in every frequency, as a smaller head sounds."""
    from scipy.signal import resample

    return np.asarray(resample(recording, max(1, round(len(recording) / rate))), np.float32)


def as_symbols(strings: Sequence[Int64[np.ndarray, " length"]], most: int) -> Int32[np.ndarray, "strings most"]:
    """Word numbers from 0 as symbols from 1, with 0 after the end of a string."""
    y = np.zeros((len(strings), most), np.int32)
    for row, string in enumerate(strings):
        y[row, : len(string)] = string + 1
    return y


def _ramps(length: int, fade: int) -> Float[np.ndarray, " length"]:
    steps = np.arange(length)
    return np.minimum(1.0, np.minimum(steps + 1, length - steps) / (fade + 1))
