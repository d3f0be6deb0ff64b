"""Texts to token numbers: words or characters."""

import re
from abc import abstractmethod
from collections import Counter
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Int32, Shaped

from groklab.data.encoding import Encoder
from groklab.errors import UserError

PADDING, UNKNOWN, FIRST = 0, 1, 2
_WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


class Vocabulary(Encoder):
    """Numbers the tokens of the training part by how often they come; 0 is padding at the end, 1 is unknown.

    Args:
        length: Tokens that are kept of a text, from its start.
        num_tokens: Size of the vocabulary, the two special ones included; rarer tokens are unknown.
        min_count: A token that the training part has less often is unknown.
    """

    unit: ClassVar[str]

    def __init__(self, *, length: int, num_tokens: int, min_count: int = 1) -> None:
        self.length, self.num_tokens, self.min_count = length, num_tokens, min_count
        self.tokens: list[str] = []
        self._numbers: dict[str, int] = {}

    @abstractmethod
    def split(self, text: str) -> list[str]:
        """The tokens of a text."""

    @abstractmethod
    def join(self, tokens: list[str]) -> str:
        """A text of tokens."""

    def fit(self, x: Shaped[np.ndarray, " examples"]) -> None:
        """Number the tokens: the most frequent first, equals in the order of their characters."""
        counts: Counter[str] = Counter()
        for text in x:
            counts.update(self.split(text))
        ranked = sorted((token for token, n in counts.items() if n >= self.min_count), key=lambda t: (-counts[t], t))
        if not ranked:
            raise UserError("data: no text of the training part has a token; give other texts or a lower min_count")
        self.restore({"tokens": ranked[: self.num_tokens - FIRST]})

    def transform(self, x: Shaped[np.ndarray, " examples"]) -> Int32[np.ndarray, "examples length"]:
        """Token numbers, the same length for each text."""
        numbers = np.zeros((len(x), self.length), np.int32)
        for row, text in enumerate(x):
            known = self.numbers(text)[: self.length]
            numbers[row, : len(known)] = known
        return numbers

    def numbers(self, text: str) -> list[int]:
        """Token numbers of a text, however long."""
        return [self._numbers.get(token, UNKNOWN) for token in self.split(text)]

    def decode(self, numbers: list[int]) -> str:
        """The text of token numbers; padding is left out, what is unknown is a replacement character."""
        return self.join(["\ufffd" if n == UNKNOWN else self.tokens[n - FIRST] for n in numbers if n != PADDING])

    def rules(self, x: Shaped[np.ndarray, " examples"]) -> list[str]:
        """What a token is, how many have no number of their own, and how many texts are cut."""
        texts = [self.numbers(text) for text in x]
        unknown = sum(numbers.count(UNKNOWN) for numbers in texts)
        cut = sum(len(numbers) > self.length for numbers in texts)
        return [
            f"Tokens are {self.unit}. Those of the training part are numbered, at most {self.num_tokens - FIRST} that "
            f"come {self.min_count} times or more ({len(self.tokens)}); all others are one, the unknown ({unknown}).",
            f"The first {self.length} tokens of a text are kept, longer ones are cut ({cut}).",
        ]

    def state(self) -> dict[str, Any]:
        """The tokens in the order of their numbers, from 2."""
        return {"tokens": self.tokens}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the numbering."""
        self.tokens = list(state["tokens"])
        self._numbers = {token: number for number, token in enumerate(self.tokens, start=FIRST)}


class Words(Vocabulary):
    """Lower-case words, and each punctuation mark for itself."""

    unit = "lower-case words and single punctuation marks"

    def split(self, text: str) -> list[str]:
        """``It's fine.`` -> ``it's``, ``fine``, ``.``."""
        return _WORD.findall(text.lower())

    def join(self, tokens: list[str]) -> str:
        """The words with spaces between."""
        return " ".join(tokens)


class Characters(Vocabulary):
    """Each character for itself."""

    unit = "single characters"

    def split(self, text: str) -> list[str]:
        """The characters."""
        return list(text)

    def join(self, tokens: list[str]) -> str:
        """The characters in a row."""
        return "".join(tokens)
