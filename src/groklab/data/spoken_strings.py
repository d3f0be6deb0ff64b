"""Strings of spoken digits, joined from the cepstral frames of single words."""

from typing import Annotated, Any, Unpack

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from groklab.data.cleaning import content_keys
from groklab.data.dataset import DataSet, Fraction, Raw
from groklab.data.frames import pad
from groklab.data.fsdd import DIGITS
from groklab.data.spoken_words import MEMBER, SpokenWords, read_utterances
from groklab.data.strings import as_symbols, draw_strings
from groklab.data.variation import Variation
from groklab.seeds import derive

Array = np.ndarray[Any, Any]
_QUIET = 0.05  # share of a part's frames, by their first coefficient, of which pauses are made
_SHARES = {"test": 0.2, "val": 0.1}


class SpokenStrings(DataSet):
    """Digits one after another, as frames of 13 MFCC, joined frame by frame: synthetic, and no connected speech.

    The words are those of :class:`SpokenWords`, whose file does not say who speaks: a string has a voice for each word,
    and the same voices are in every part, but no recording is. Words are not blended into each other; between two are
    up to ``longest_pause`` frames drawn from the quietest of the part. What it can show is that symbols are found
    without being told where they are, offline; how well speech is understood is measured on ``connected_digits``.

    Args:
        num_strings: Strings in the training, validation and test part.
        shortest: Words of a string at least.
        longest: Words of a string at most; each number of words is as likely as another.
        longest_pause: Frames between two words at most; each number is as likely as another.
        seed: Of everything that is drawn; which recording is in which part depends on its content and this seed.
        others: As in :class:`DataSet`.

    Raises:
        ValueError: An argument is out of its range.
    """

    kind = "transcription"
    inputs = "frames"
    licence = SpokenWords.licence
    citation = SpokenWords.citation

    def __init__(
        self,
        *,
        name: str,
        num_strings: Annotated[list[PositiveInt], Field(min_length=3, max_length=3)],
        shortest: PositiveInt = 3,
        longest: PositiveInt = 7,
        longest_pause: NonNegativeInt = 8,
        seed: NonNegativeInt = 0,
        shape: list[int],
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
        self.num_strings, self.shortest, self.longest = list(num_strings), shortest, longest
        self.longest_pause, self.seed = longest_pause, seed

    def why_no_folds(self, raw: Raw) -> str | None:
        """A recording stands in several strings of its part."""
        return "the strings of a part share recordings"

    def load(self) -> Raw:
        """Frames and digits of each string.

        Raises:
            UserError: No source has the right bytes.
        """
        assert self.shape is not None, "the constructor asks for it"
        utterances, digits, file = read_utterances()
        parts = self.parts(utterances)
        frames: list[Array] = []
        said: list[Array] = []
        shortened = 0
        for part, count in zip(("train", "val", "test"), self.num_strings, strict=True):
            draw = np.random.default_rng(derive(self.seed, "strings", part))
            rows = np.flatnonzero(parts == part)
            quiet = _quiet(np.concatenate([utterances[row] for row in rows]))
            nobody = np.zeros(len(rows), np.int64)
            lengths = (self.shortest, self.longest)
            for string in draw_strings(digits[rows], nobody, num_strings=count, lengths=lengths, draw=draw):
                joined, number = self._joined([utterances[row] for row in rows[string]], quiet, draw)
                frames.append(joined)
                said.append(digits[rows[string[:number]]])
                shortened += number < len(string)
        return Raw(
            pad(frames, self.shape[0])[0],
            as_symbols(said, self.longest),
            split=np.repeat(["train", "val", "test"], self.num_strings),
            class_names=list(DIGITS),
            source=f"{file.source}, {MEMBER}",
            source_sha256=file.sha256,
            rules=[
                f"Strings of {self.shortest} to {self.longest} words are joined from frames of single words of unknown "
                f"voices, with pauses of up to {self.longest_pause} quiet frames: synthetic.",
                "No recording is in two parts.",
                f"Strings of more than {self.shape[0]} frames lose their last words ({shortened}).",
            ],
        )

    def parts(self, utterances: list[Array]) -> Array:
        """The part of each recording, by its content and the seed: a fifth is tested, a tenth validates."""
        keys = np.array([content_keys(of[None])[0] for of in utterances])
        ranks = np.argsort(np.argsort([derive(self.seed, "part", key.decode()) for key in keys]))
        ends = np.cumsum([round(share * len(keys)) for share in _SHARES.values()])
        return np.where(ranks < ends[0], "test", np.where(ranks < ends[1], "val", "train"))

    def _joined(self, words: list[Array], quiet: Array, draw: np.random.Generator) -> tuple[Array, int]:
        """Frames of as many words as there is room for, and their number."""
        assert self.shape is not None
        joined = [words[0]]
        for number, word in enumerate(words[1:], start=1):
            pause = quiet[draw.integers(len(quiet), size=draw.integers(self.longest_pause + 1))]
            if sum(map(len, joined)) + len(pause) + len(word) > self.shape[0]:
                return np.concatenate(joined), number
            joined += [pause, word]
        return np.concatenate(joined), len(words)


def _quiet(frames: Array) -> Array:
    """The frames whose first coefficient, the logarithm of their power, is least."""
    return frames[np.argsort(frames[:, 0], kind="stable")[: max(1, round(_QUIET * len(frames)))]]
