"""Strings of spoken digits, joined from the recordings of the Free Spoken Digit Dataset."""

from pathlib import Path
from typing import Annotated, Any, Literal, Unpack

import numpy as np
from jaxtyping import Float32
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from groklab.data.card import Split
from groklab.data.dataset import DataSet, Fraction, Raw
from groklab.data.frames import pad
from groklab.data.fsdd import DIGITS, FSDD, NUM_TEST, RATE_HZ, Recording, read_recordings
from groklab.data.level import levelled
from groklab.data.log_mel import log_mel, num_frames
from groklab.data.strings import as_symbols, connect, draw_strings, faster
from groklab.data.transcribed_audio import TranscribedAudio
from groklab.data.variation import Variation
from groklab.seeds import derive

Array = np.ndarray[Any, Any]
Voice = Literal["george", "jackson", "lucas", "nicolas", "theo", "yweweler"]
Span = Annotated[list[float], Field(min_length=2, max_length=2)]


class ConnectedDigits(DataSet):
    """Digits said one after another by one voice, as frames of log-mel power; semi-synthetic.

    Recordings of single words are joined with short pauses or crossfades over a floor of white noise, and the
    string is brought to one loudness (:func:`levelled`): no word is coloured by its neighbours, as in fluent speech it
    would be. No recording is in two parts. The test part is made of
    the source's, recordings 0 to 4 of each word and speaker, validation of 5 to 9. With ``held_out_speaker`` the test
    part is made of all recordings of that voice, which is in no other part, and validation of recordings 0 to 4 of the
    other voices: it says how well known voices are understood.

    Args:
        num_strings: Strings in the training, validation and test part.
        shortest: Words of a string at least.
        longest: Words of a string at most; each number of words is as likely as another.
        longest_pause_s: Between two words, in seconds; each pause up to it, and a crossfade, is as likely as another.
        fade_s: Fade at both ends of a word, in seconds.
        snr_db: Least and greatest ratio of speech to noise, in decibel.
        speeds: Slowest and fastest rate at which a recording is played for the training part, so that voices and tempi
            differ more than six people do; [1, 1] leaves them.
        held_out_speaker: Who is kept for the test part.
        max_s: Longest string in seconds; a longer one loses its last words.
        num_mels: Features of a frame.
        window_s: Length of a window in seconds.
        hop_s: From the start of a window to that of the next, in seconds.
        remove_mean: Whether each feature's mean over a string is taken from it: what a microphone and a room colour.
        seed: Of everything that is drawn.
        others: As in :class:`DataSet`.

    Raises:
        ValueError: An argument is out of its range.

    Source: the task is that of Leonard (1984), ICASSP (TIDIGITS); rates: Ko et al. (2015), Interspeech; mean: Atal
        (1974), JASA 55(6).
    """

    kind = "transcription"
    inputs = "frames"
    licence = FSDD.licence
    citation = FSDD.citation

    def __init__(
        self,
        *,
        name: str,
        num_strings: Annotated[list[PositiveInt], Field(min_length=3, max_length=3)],
        shortest: PositiveInt = 3,
        longest: PositiveInt = 7,
        longest_pause_s: NonNegativeFloat = 0.2,
        fade_s: NonNegativeFloat = 0.01,
        snr_db: Span,
        speeds: Span,
        held_out_speaker: Voice | None = None,
        max_s: PositiveFloat,
        num_mels: PositiveInt = 40,
        window_s: PositiveFloat = 0.025,
        hop_s: PositiveFloat = 0.010,
        remove_mean: bool = False,
        seed: NonNegativeInt = 0,
        shape: list[int] | None,
        num_features: int | None,
        num_outputs: int | None,
        val_fraction: Fraction | None = None,
        test_fraction: Fraction | None = None,
        split_seed: int = 0,
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            name=name,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            **variation,
        )
        if shortest > longest:
            raise ValueError(f"shortest={shortest} must not be above longest={longest}")
        if not 0.5 <= speeds[0] <= speeds[1] <= 2:
            raise ValueError(f"speeds={list(speeds)} must be two rates from 0.5 to 2, the slower one first")
        if snr_db[0] > snr_db[1]:
            raise ValueError(f"snr_db={list(snr_db)} must be two ratios, the lesser one first")
        if not hop_s <= window_s <= max_s:
            raise ValueError(f"hop_s={hop_s} <= window_s={window_s} <= max_s={max_s} must hold")
        self.num_strings, self.shortest, self.longest = list(num_strings), shortest, longest
        self.longest_pause_s, self.fade_s, self.snr_db, self.speeds = (
            longest_pause_s,
            fade_s,
            list(snr_db),
            list(speeds),
        )
        self.held_out_speaker, self.max_s, self.remove_mean, self.seed = held_out_speaker, max_s, remove_mean, seed
        self.num_mels, self.window_s, self.hop_s = num_mels, window_s, hop_s

    def part_of(self, voice: str, number: int) -> Split:
        """In which part a recording is."""
        if self.held_out_speaker is None:
            return "test" if number < NUM_TEST else "val" if number < 2 * NUM_TEST else "train"
        return "test" if voice == self.held_out_speaker else "val" if number < NUM_TEST else "train"

    def why_no_folds(self, raw: Raw) -> str | None:
        """A recording stands in several strings of its part."""
        return "the strings of a part share recordings"

    def load(self) -> Raw:
        """Frames and digits of each string.

        Raises:
            UserError: No source has the right bytes.
        """
        recordings, file = read_recordings()
        recordings.sort(key=lambda of: of[:3])  # archives differ in their order
        frames: list[Array] = []
        said: list[Array] = []
        parts: list[str] = []
        shortened = 0
        for part, count in zip(("train", "val", "test"), self.num_strings, strict=True):
            ours = [of for of in recordings if self.part_of(of.voice, of.number) == part]
            for string in self._strings(ours, part, count):
                whole = len(string)
                string, signal = self._sound(ours, string, part, len(said))
                shortened += len(string) < whole
                said.append(np.array([ours[row].digit for row in string]))
                frames.append(self._frames(signal))
                parts.append(part)
        return Raw(
            pad(frames, self._longest)[0],
            as_symbols(said, self.longest),
            split=np.array(parts),
            class_names=list(DIGITS),
            source=file.source,
            source_sha256=file.sha256,
            rules=self._rules(shortened),
        )

    def read_inputs(self, path: Path) -> tuple[Array, list[str]]:
        """A user's own sound, or a folder of them, as a :class:`TranscribedAudio` reads them."""
        reader = TranscribedAudio(
            name=self.name,
            path=str(path),
            sample_rate=RATE_HZ,
            max_s=self.max_s,
            num_mels=self.num_mels,
            window_s=self.window_s,
            hop_s=self.hop_s,
            remove_mean=self.remove_mean,
            val_fraction=None,
            test_fraction=None,
        )
        return reader.read_inputs(path)

    @property
    def _longest(self) -> int:
        samples = round(self.max_s * RATE_HZ)
        return num_frames(samples, sample_rate=RATE_HZ, window_s=self.window_s, hop_s=self.hop_s)

    def _strings(self, recordings: list[Recording], part: str, count: int) -> list[Array]:
        return draw_strings(
            np.array([of.digit for of in recordings]),
            np.array([of.voice for of in recordings]),
            num_strings=count,
            lengths=(self.shortest, self.longest),
            draw=np.random.default_rng(derive(self.seed, "strings", part)),
        )

    def _sound(
        self, recordings: list[Recording], string: Array, part: str, number: int
    ) -> tuple[Array, Float32[np.ndarray, " samples"]]:
        """A string and its sound, without the last words if they are more than there is time for."""
        draw = np.random.default_rng(derive(self.seed, "sound", number))
        sounds = [recordings[row].samples for row in string]
        if part == "train" and self.speeds != [1, 1]:
            voice = draw.uniform(self.speeds[0], self.speeds[1])  # one a string: the voice of one person
            sounds = [faster(sound, voice) for sound in sounds]
        while True:
            signal = connect(
                sounds,
                sample_rate=RATE_HZ,
                longest_pause_s=self.longest_pause_s,
                fade_s=self.fade_s,
                snr_db=(self.snr_db[0], self.snr_db[1]),
                draw=draw,
            )
            if len(signal) <= self.max_s * RATE_HZ or len(sounds) == 1:
                return string[: len(sounds)], signal
            sounds.pop()

    def _frames(self, signal: Float32[np.ndarray, " samples"]) -> Float32[np.ndarray, "time num_mels"]:
        sound, lengths = levelled(signal), {"window_s": self.window_s, "hop_s": self.hop_s}
        frames = log_mel(sound, sample_rate=RATE_HZ, num_mels=self.num_mels, **lengths)
        return np.asarray(frames - frames.mean(axis=0), np.float32) if self.remove_mean else frames

    def _rules(self, shortened: int) -> list[str]:
        who = (
            f"voice {self.held_out_speaker}, who is in no other part" if self.held_out_speaker else "recordings 0 to 4"
        )
        return [
            f"Strings of {self.shortest} to {self.longest} words are joined from single recordings of one voice, with "
            f"crossfades or pauses of up to {self.longest_pause_s} s, {self.snr_db[0]} to {self.snr_db[1]} dB above "
            "white noise, and brought to one loudness: semi-synthetic.",
            f"The test part is made of {who}; no recording is in two parts.",
            f"For the training part a string is played {self.speeds[0]} to {self.speeds[1]} times as fast.",
            f"Strings longer than {self.max_s} s lose their last words ({shortened}).",
        ]
