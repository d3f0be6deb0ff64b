"""Spoken digits as spectra, from the recordings of the Free Spoken Digit Dataset."""

import io
import wave
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from groklab.data.content import Content
from groklab.data.dataset import DataSet, Raw
from groklab.data.frames import pad
from groklab.data.log_mel import log_mel
from groklab.data.sources import Fetched, Url, fetch
from groklab.errors import UserError

_RECORDINGS = Content(
    r"[^/]+/(recordings/\d_\w+_\d+\.wav)", "04e1baae96c6a26e39c623f2b01d0182ddae627ba0ac02a3cdc17ba2af99fd9b"
)
_SOURCE = Url(
    "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.tar.gz", (_RECORDINGS,)
)
_NUM_MELS = 40
RATE_HZ = 8000
NUM_TEST = 5  # recordings of each word and speaker, the first
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Recording(NamedTuple):
    """One word by one speaker: which digit, who, the how many-th, and its samples from -1 to 1 at 8 kHz."""

    digit: int
    voice: str
    number: int
    samples: Float32[np.ndarray, " time"]


def read_recordings() -> tuple[list[Recording], Fetched]:
    """All recordings of the source, in the archive's order, and where they came from.

    Raises:
        UserError: No source has the right bytes.
    """
    file = fetch("fsdd", "free-spoken-digit-dataset.tar.xz", sources=[_SOURCE])
    recordings = []
    for name, content in _RECORDINGS.read(file.path):
        digit, voice, number = PurePosixPath(name).stem.split("_")
        recordings.append(Recording(int(digit), voice, int(number), _samples(name, content)))
    return recordings, file


class FSDD(DataSet):
    """3,000 utterances of ten English words by six speakers, as frames of 40 logarithms of power.

    A frame is 25 ms, one each 10 ms: :func:`log_mel` in 40 bands up to 4 kHz. The test part is the source's, recordings
    0 to 4 of each word and speaker; the same six voices are in every part. Frames beyond ``shape[0]`` are left out.

    The archive is known by the fingerprint of its recordings (release 1.0.10): GitHub packs it afresh.

    Source: Jackson et al. (2018).
    """

    kind = "classification"
    inputs = "frames"
    licence = "CC BY-SA 4.0"
    citation = "Z. Jackson et al. (2018), Free Spoken Digit Dataset, https://doi.org/10.5281/zenodo.1342401"

    def load(self) -> Raw:
        """Frames and the digit of each utterance.

        Raises:
            UserError: No source has the right bytes.
        """
        recordings, file = read_recordings()
        sequences = [log_mel(of.samples, sample_rate=RATE_HZ, num_mels=_NUM_MELS) for of in recordings]
        x, cut = pad(sequences, self.shape[0] if self.shape else None)
        return Raw(
            x,
            np.array([of.digit for of in recordings]),
            split=np.array(["test" if of.number < NUM_TEST else "" for of in recordings]),
            class_names=list(DIGITS),
            source=file.source,
            source_sha256=file.sha256,
            rules=[f"Of an utterance the first {x.shape[1]} frames are kept ({cut} are longer)."],
        )


def _samples(name: str, content: bytes) -> Float32[np.ndarray, " time"]:
    """From -1 to 1."""
    with wave.open(io.BytesIO(content)) as opened:
        form = (opened.getnchannels(), opened.getsampwidth(), opened.getframerate())
        if form != (1, 2, RATE_HZ):
            raise UserError(f"data fsdd: {name} is not one channel of 16 bits at 8 kHz; get the archive again")
        return np.frombuffer(opened.readframes(opened.getnframes()), "<i2").astype(np.float32) / 2**15
