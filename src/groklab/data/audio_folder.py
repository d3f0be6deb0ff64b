"""A user's own sounds, in a folder for each class."""

import io
import math
import re
import struct
from pathlib import Path
from typing import Any, ClassVar, Unpack

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from groklab.data.class_folder import ClassFolder, Decoded, OnError
from groklab.data.dataset import Fraction, Inputs
from groklab.data.file_tree import Unreadable
from groklab.data.log_mel import log_mel, mel_filters, num_frames
from groklab.data.variation import Variation
from groklab.errors import UserError

Array = np.ndarray[Any, Any]
_BLOCK = 1 << 16
_UNKNOWN = 1 << 40  # of a stream libsndfile gives an enormous length


class AudioFolder(ClassFolder):
    """``<path>/<class>/*.wav`` or ``<path>/{train,val,test}/<class>/*.wav``, as frames of log-mel power.

    Sounds are mixed to one channel and resampled; frames after a sound's end are NaN.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        path: The folder.
        sample_rate: Samples a second to which every sound is brought; what lies above half of it is lost.
        max_s: Longest sound in seconds; longer ones are cut.
        num_mels: Features of a frame.
        window_s: Length of a window in seconds.
        hop_s: From the start of a window to that of the next, in seconds.
        speaker_from: Regular expression whose one group finds in a file's name who speaks; a speaker is not torn apart
            by the split.
        on_error: As in :class:`ClassFolder`.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
    """

    inputs: ClassVar[Inputs] = "frames"
    thing: ClassVar[str] = "sound"
    suffixes: ClassVar[frozenset[str]] = frozenset({".wav", ".flac", ".ogg"})

    def __init__(
        self,
        *,
        name: str,
        path: str,
        sample_rate: PositiveInt,
        max_s: PositiveFloat,
        num_mels: PositiveInt = 40,
        window_s: PositiveFloat = 0.025,
        hop_s: PositiveFloat = 0.010,
        speaker_from: str | None = None,
        on_error: OnError = "fail",
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            on_error=on_error,
            name=name,
            path=path,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        if not 0 < hop_s <= window_s <= max_s:
            raise ValueError(f"hop_s={hop_s} <= window_s={window_s} <= max_s={max_s} must hold, and hop_s be positive")
        mel_filters(sample_rate=sample_rate, num_mels=num_mels, window=round(window_s * sample_rate))
        if speaker_from is not None and _num_groups(speaker_from) != 1:
            raise ValueError(
                f"speaker_from={speaker_from!r} must be a regular expression with one group, as in '^([a-z]+)_'"
            )
        self.sample_rate, self.max_s, self.speaker_from = sample_rate, max_s, speaker_from
        self.num_mels, self.window_s, self.hop_s = num_mels, window_s, hop_s

    def rule(self) -> str:
        """One channel, one rate, which frames, who speaks."""
        frames = (
            f"Sounds are mixed to one channel and resampled to {self.sample_rate} Hz; frames are {self.num_mels} "
            f"log-mel powers of {self.window_s} s, each {self.hop_s} s."
        )
        if self.speaker_from is None:
            return frames
        return f"{frames} The speaker is what {self.speaker_from} finds in a file's name, and is in one part alone."

    def example_shape(self) -> tuple[int, ...]:
        """[time, num_mels]."""
        return (self._num_frames(round(self.max_s * self.sample_rate)), self.num_mels)

    @property
    def example_type(self) -> type[np.generic]:
        """Logarithms."""
        return np.float32

    def group_of(self, path: Path) -> str | None:
        """Who speaks."""
        if self.speaker_from is None:
            return None
        found = re.search(self.speaker_from, path.name)
        if found is None or found[1] is None:
            raise UserError(
                f"data {self.name}: speaker_from={self.speaker_from!r} finds no speaker in {path.name}; mend the "
                "expression or rename the file"
            )
        return found[1]

    def decode(self, content: bytes) -> Decoded:
        """Frames of a sound file, NaN after its end."""
        signal = self._signal(content)
        longest = round(self.max_s * self.sample_rate)
        changes = (f"Sounds longer than {self.max_s} s are cut",) if len(signal) > longest else ()
        frames = log_mel(
            signal[:longest],
            sample_rate=self.sample_rate,
            num_mels=self.num_mels,
            window_s=self.window_s,
            hop_s=self.hop_s,
        )
        x = np.full(self.example_shape(), np.nan, np.float32)
        x[: len(frames)] = frames
        return Decoded(x, changes)

    def _signal(self, content: bytes) -> Array:
        """One channel at the right rate, and a little more than ``max_s`` of it at most."""
        import soundfile
        from scipy.signal import resample_poly

        _refuse_cut(content)
        try:
            with soundfile.SoundFile(io.BytesIO(content)) as file:
                rate, expected, seen = file.samplerate, file.frames, 0
                needed, blocks = (self.max_s + 1) * rate, []
                for block in file.blocks(_BLOCK, dtype="float32", always_2d=True):
                    if seen < needed:
                        blocks.append(block.mean(axis=1))
                    seen += len(block)
        except soundfile.LibsndfileError as error:
            raise Unreadable(error.error_string.removeprefix("Error : ").strip(" .")) from None
        if not seen:
            raise Unreadable("no samples")
        if seen < expected < _UNKNOWN:
            raise Unreadable(f"truncated: {seen} of {expected} samples")
        signal = np.concatenate(blocks)
        if not np.isfinite(signal).all():
            raise Unreadable("a sample that is not a finite number")
        if rate != self.sample_rate:
            common = math.gcd(self.sample_rate, rate)
            signal = resample_poly(signal, self.sample_rate // common, rate // common)
        return signal

    def _num_frames(self, samples: int) -> int:
        return num_frames(samples, sample_rate=self.sample_rate, window_s=self.window_s, hop_s=self.hop_s)


def _refuse_cut(content: bytes) -> None:
    """A file that ends before its own header says, which libsndfile lets pass."""
    if content[:4] == b"RIFF" and len(content) >= 8:
        (size,) = struct.unpack("<I", content[4:8])
        if size not in (0, 0xFFFFFFFF) and size + 8 > len(content):  # those two: its writer could not know
            raise Unreadable(f"truncated: {len(content)} of {size + 8} bytes")
    if content[:4] == b"OggS":
        last = content.rfind(b"OggS")
        if last + 5 >= len(content) or not content[last + 5] & 4:
            raise Unreadable("truncated: its last page is missing")


def _num_groups(expression: str) -> int:
    try:
        return re.compile(expression).groups
    except re.error as error:
        raise ValueError(f"speaker_from={expression!r} is no regular expression: {error}") from None
