"""Sounds brought to one loudness."""

import numpy as np
from jaxtyping import Float, Float32

_POWER = 0.01  # of full scale: a tone of amplitude 0.14


def levelled(signal: Float[np.ndarray, " samples"]) -> Float32[np.ndarray, " samples"]:
    """The signal at a mean power of 0.01, 20 dB below full scale; silence stays silence.

    How loud someone speaks or how near the microphone is then decides no longer which of the sounds lie below the floor
    of :func:`log_mel`.
    """
    power = float(np.mean(np.square(signal, dtype=np.float64)))
    return np.asarray(signal * np.sqrt(_POWER / power) if power > 0 else signal, np.float32)
