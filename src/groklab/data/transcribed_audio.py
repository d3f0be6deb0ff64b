"""A user's own sounds with what is said in them."""

import itertools
from collections.abc import Sequence
from typing import Any, Literal, Unpack

import numpy as np
from pydantic import PositiveFloat, PositiveInt

from groklab.data.audio_folder import AudioFolder
from groklab.data.class_folder import Decoded, OnError
from groklab.data.dataset import Fraction, Raw
from groklab.data.file_tree import Unreadable, name_in
from groklab.data.level import levelled
from groklab.data.strings import as_symbols
from groklab.data.transcript_files import Transcript, read_transcripts, tidy
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.files import digest
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]


class TranscribedAudio(AudioFolder):
    """A folder of sounds (wav, flac, ogg) with transcripts, as frames of log-mel power and words or characters.

    Sounds are brought to one loudness (:func:`levelled`).

    Transcripts are rows ``file,transcript`` of a CSV in the folder, or text files beside the sounds:
    :func:`read_transcripts`. Runs of white space are one space. Every symbol of any transcript is known.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here or in :class:`AudioFolder`.
        path: The folder.
        transcripts: Name of the CSV in it.
        unit: What is recognized: ``word`` (what stands between spaces) or ``character`` (spaces included).
        lowercase: Whether small and capital letters are one.
        sample_rate: Samples a second to which every sound is brought.
        max_s: Longest sound in seconds; a longer one is refused like one that cannot be read, for a part of it would
            not say the whole transcript.
        num_mels: Features of a frame.
        window_s: Length of a window in seconds.
        hop_s: From the start of a window to that of the next, in seconds.
        frames_per_step: So many frames a network reads as one step, the product of ``architecture.strides``: a
            transcript that needs more steps than its sound has is refused.
        remove_mean: Whether each feature's mean over a sound is taken from it.
        speaker_from: As in :class:`AudioFolder`; a column ``speaker`` of the CSV says the same.
        on_error: As in :class:`ClassFolder`.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
    """

    kind: Kind = "transcription"

    def __init__(
        self,
        *,
        name: str,
        path: str,
        transcripts: str = "transcripts.csv",
        unit: Literal["word", "character"] = "character",
        lowercase: bool = True,
        sample_rate: PositiveInt,
        max_s: PositiveFloat,
        num_mels: PositiveInt = 40,
        window_s: PositiveFloat = 0.025,
        hop_s: PositiveFloat = 0.010,
        frames_per_step: PositiveInt = 4,
        remove_mean: bool = True,
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
            name=name,
            path=path,
            sample_rate=sample_rate,
            max_s=max_s,
            num_mels=num_mels,
            window_s=window_s,
            hop_s=hop_s,
            speaker_from=speaker_from,
            on_error=on_error,
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
        self.transcripts, self.unit, self.lowercase = transcripts, unit, lowercase
        self.frames_per_step, self.remove_mean = frames_per_step, remove_mean

    def rule(self) -> str:
        """Sounds and symbols."""
        letters = ", in small letters" if self.lowercase else ""
        mean = "; each feature's mean over a sound is taken from it" if self.remove_mean else ""
        sounds = f"{super().rule()[:-1]}; sounds are brought to one loudness{mean}."
        return f"{sounds} Symbols are {self.unit}s of the transcripts{letters}."

    def decode(self, content: bytes) -> Decoded:
        """Frames of a whole sound file, NaN after its end."""
        x, changes = super().decode(content)
        if changes:
            raise Unreadable(f"longer than max_s={self.max_s} s, raise data.max_s")
        return Decoded(x - np.nanmean(x, axis=0) if self.remove_mean else x)

    def _signal(self, content: bytes) -> Array:
        return levelled(super()._signal(content))

    def load(self) -> Raw:
        """Every sound that can be read, in the order of the names."""
        root = self.place()
        if not root.is_dir():
            raise UserError(f"data.path: {self.path} is no folder; give one with sounds and {self.transcripts}")
        found = read_transcripts(root, self.transcripts, self.suffixes)
        x, kept, rules, hashes = self._read([of.path for of in found], root)
        found = [found[row] for row in kept]
        said = [self.split_up(of.text) for of in found]
        self._refuse_too_many(x, said, found)
        names = sorted({symbol for symbols in said for symbol in symbols})
        numbers = {symbol: number for number, symbol in enumerate(names)}
        rows = [np.array([numbers[symbol] for symbol in symbols], np.int64) for symbols in said]
        groups = self._speakers(found)
        entries = sorted(f"{name_in(of.path, root)} {of.text} {hash_}" for of, hash_ in zip(found, hashes, strict=True))
        return Raw(
            x,
            as_symbols(rows, max(map(len, rows))),
            groups=groups,
            class_names=names,
            source=f"own sounds, {len(found)} files in the folder {root.resolve().name}",
            source_sha256=digest(entries),
            rules=[self.rule(), *rules],
        )

    def _speakers(self, found: Sequence[Transcript]) -> Array | None:
        speakers = [of.speaker or self.group_of(of.path) for of in found]
        unknown = [of for of, speaker in zip(found, speakers, strict=True) if speaker is None]
        if unknown and len(unknown) < len(found):
            raise UserError(
                f"{unknown[0].where}: {unknown[0].path.name} has no speaker, others have; name all of them or none"
            )
        return None if unknown else np.array(speakers)

    def split_up(self, text: str) -> list[str]:
        """The symbols of a transcript."""
        tidied = tidy(text, lowercase=self.lowercase)
        return tidied.split() if self.unit == "word" else list(tidied)

    def _refuse_too_many(self, x: Array, said: Sequence[Sequence[str]], found: Sequence[Transcript]) -> None:
        """An alignment needs a step a symbol, and one between two that are equal."""
        for frames, symbols, of in zip(x, said, found, strict=True):
            steps = -(-int((~np.isnan(frames).all(axis=1)).sum()) // self.frames_per_step)
            needed = len(symbols) + sum(a == b for a, b in itertools.pairwise(symbols))
            if needed > steps:
                raise UserError(
                    f"{of.where}: the transcript of {of.path.name} needs {needed} steps, its sound has {steps} of "
                    f"{self.frames_per_step} frames; mend the transcript, or lower data.hop_s or data.frames_per_step "
                    "with architecture.strides"
                )
