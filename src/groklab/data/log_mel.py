"""Sound to frames: the logarithm of its power in bands that are equally wide to the ear."""

from functools import cache

import numpy as np
from jaxtyping import Float, Float32, Float64

_FLOOR = 1e-6  # power below which all is silence; full scale is 1


def log_mel(
    signal: Float[np.ndarray, " samples"],
    *,
    sample_rate: int,
    num_mels: int = 40,
    window_s: float = 0.025,
    hop_s: float = 0.010,
) -> Float32[np.ndarray, "time num_mels"]:
    """``log(1e-6 + filters @ power)`` of each window, where white noise of variance ``v`` has ``power = v`` on average.

    ``power = |rfft(hann * window)|^2 / sum(hann^2)``. Windows start each ``hop_s`` and lie within the signal; one
    shorter than a window is filled with zeros.

    Args:
        signal: Full scale is -1 to 1.
        sample_rate: Samples a second.
        num_mels: Bands from 0 Hz to half the sample rate.
        window_s: Length of a window in seconds.
        hop_s: From the start of a window to that of the next, in seconds.

    Raises:
        ValueError: A band is narrower than a window can tell apart.

    Source: Young et al. (2006), The HTK Book, version 3.4, section 5.4.
    """
    window, hop = round(window_s * sample_rate), round(hop_s * sample_rate)
    filters = mel_filters(sample_rate=sample_rate, num_mels=num_mels, window=window)
    if len(signal) < window:
        signal = np.pad(signal, (0, window - len(signal)))
    hann = np.hanning(window + 1)[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(signal, window)[::hop] * hann
    spectrum = np.fft.rfft(windows, n=2 * (filters.shape[1] - 1))
    power = (spectrum.real**2 + spectrum.imag**2) / (hann**2).sum()
    return np.asarray(np.log(_FLOOR + power @ filters.T), np.float32)


def num_frames(samples: int, *, sample_rate: int, window_s: float = 0.025, hop_s: float = 0.010) -> int:
    """How many frames :func:`log_mel` makes of a signal."""
    window, hop = round(window_s * sample_rate), round(hop_s * sample_rate)
    return 1 + max(0, samples - window) // hop


@cache
def mel_filters(*, sample_rate: int, num_mels: int, window: int) -> Float64[np.ndarray, "num_mels frequencies"]:
    """Triangles of height 1, equally spaced in ``mel = 2595 log10(1 + hertz / 700)``.

    Args:
        sample_rate: Samples a second.
        num_mels: Triangles.
        window: Samples; frequencies are those of its Fourier transform, filled with zeros to a power of two.

    Raises:
        ValueError: A triangle has no frequency of the transform.
    """
    if num_mels < 1 or window < 2:
        raise ValueError(f"num_mels={num_mels} must be at least 1, and a window of {window} samples at least 2")
    size = 1 << (window - 1).bit_length()
    edges = _hertz(np.linspace(0, _mel(sample_rate / 2), num_mels + 2))
    left, peak, right = (edges[start : start + num_mels, None] for start in range(3))
    frequencies = np.fft.rfftfreq(size, 1 / sample_rate)
    filters = np.maximum(0, np.minimum((frequencies - left) / (peak - left), (right - frequencies) / (right - peak)))
    empty = np.flatnonzero(filters.sum(axis=1) == 0)
    if len(empty):
        raise ValueError(
            f"num_mels={num_mels}: band {empty[0]} (from 0) holds none of the {size // 2 + 1} frequencies of "
            f"a window of {window} samples at {sample_rate} Hz; lower num_mels or raise window_s"
        )
    filters.flags.writeable = False
    return np.asarray(filters)


def _mel(hertz: float) -> float:
    return 2595 * float(np.log10(1 + hertz / 700))


def _hertz(mel: Float64[np.ndarray, " edges"]) -> Float64[np.ndarray, " edges"]:
    return np.asarray(700 * (10 ** (mel / 2595) - 1))
