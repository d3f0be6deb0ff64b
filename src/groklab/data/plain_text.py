"""A user's own running text, to be continued character by character."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Unpack

import numpy as np
from pydantic import PositiveInt

from groklab.data.dataset import Fraction, Inputs, Raw
from groklab.data.encoding import Encoder
from groklab.data.own_data import OwnData
from groklab.data.split import PARTS
from groklab.data.text_file import check_encoding, read_text
from groklab.data.variation import Variation
from groklab.data.vocabulary import Characters
from groklab.data.windows import windows
from groklab.errors import UserError
from groklab.files import digest
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]
_PARAGRAPH = 40  # characters; shorter ones, such as the name of a speaker, may well come again
_FEWEST_FILES = 3  # one for each part


class PlainText(OwnData):
    """A .txt file, or a folder of them, in windows of ``length + 1`` characters that overlap by one.

    Of three files or more each is in one part. Fewer are cut in place: a file begins with what is trained on, goes on
    with validation and ends with the test, and no window crosses a border.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        path: The file or folder.
        length: Characters that are seen; each is followed by the one to be told.
        num_tokens: Size of the vocabulary, padding and unknown included.
        min_count: A character that the training part has less often is unknown.
        encoding: Of the files.
        licence: As in :class:`OwnData`.
        citation: As in :class:`OwnData`.

    Raises:
        ValueError: An argument is out of its range.
    """

    kind: Kind = "language"
    inputs: ClassVar[Inputs] = "tokens"

    def __init__(
        self,
        *,
        name: str,
        path: str,
        length: PositiveInt = 128,
        num_tokens: PositiveInt = 200,
        min_count: PositiveInt = 1,
        encoding: str = "utf-8",
        shape: list[int] | None = None,
        num_features: int | None = None,
        num_outputs: int | None = None,
        val_fraction: Fraction,
        test_fraction: Fraction,
        split_seed: int = 0,
        licence: str = "not stated",
        citation: str = "not stated",
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            name=name,
            path=path,
            shape=shape,
            num_features=num_features,
            num_outputs=num_tokens if num_outputs is None else num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            licence=licence,
            citation=citation,
            **variation,
        )
        if num_tokens < 3:
            raise ValueError(f"num_tokens={num_tokens} must be at least 3: padding, unknown and one token")
        if self.num_outputs != num_tokens:
            raise ValueError(f"num_outputs={num_outputs} must be num_tokens={num_tokens}, or null")
        check_encoding(encoding)
        self.length, self.num_tokens, self.min_count, self.encoding = length, num_tokens, min_count, encoding

    def encoder(self) -> Encoder:
        """Numbers of characters, one more than is seen."""
        return Characters(length=self.length + 1, num_tokens=self.num_tokens, min_count=self.min_count)

    def config_digest(self) -> str:
        """As of any data of the user's; the size of the vocabulary is no finding, but a setting."""
        return digest([super().config_digest(), self.num_tokens])

    def why_no_folds(self, raw: Raw) -> str | None:
        """A file of a few goes on from one window to the next."""
        return f"fewer than {_FEWEST_FILES} files are cut in place" if raw.groups is None else None

    def load(self) -> Raw:
        """Windows of all files, in an order that their names do not tell."""
        texts = {_hash(path): read_text(path, self.encoding) for path in _text_files(self.place())}
        texts, repeated = _without_repeated(dict(sorted(texts.items())))
        many = len(texts) >= _FEWEST_FILES
        found: list[str] = []
        files: list[str] = []
        parts: list[str] = []
        for file, text in texts.items():
            for part, piece in [("", text)] if many else self._pieces(text):
                cut = windows(piece, self.length)
                found += cut
                files += [file] * len(cut)
                parts += [part] * len(cut)
        if not found:
            raise UserError(f"data.path: {self.path} holds no text; give .txt files that have some")
        place = "Each file is in one part" if many else "A file begins with training, then come validation and test"
        return Raw(
            _objects(found),
            np.zeros(len(found), np.int64),
            groups=np.array(files) if many else None,
            split=None if many else np.array(parts),
            source=f"own text, {self.place().name}, {len(texts)} files",
            source_sha256=digest(sorted(texts)),
            rules=[
                f"Paragraphs of {_PARAGRAPH} characters or more that come again are removed ({repeated}).",
                f"{place}; windows of {self.length + 1} characters overlap by one.",
            ],
        )

    def read_inputs(self, path: str | Path) -> tuple[Array, list[str]]:
        """Windows of a file, or of all files in a folder, and where each starts: ``file:character`` from 0.

        Raises:
            UserError: There is no text.
        """
        found: list[str] = []
        names: list[str] = []
        for file in _text_files(Path(path)):
            cut = windows(read_text(file, self.encoding), self.length)
            found += cut
            names += [f"{file.name}:{number * self.length}" for number in range(len(cut))]
        if not found:
            raise UserError(f"{path}: holds no text; give .txt files that have some")
        return _objects(found), names

    def _pieces(self, text: str) -> list[tuple[str, str]]:
        """Parts of one text, in its order."""
        assert self.val_fraction is not None and self.test_fraction is not None
        test = len(text) - round(len(text) * self.test_fraction)
        val = test - round(len(text) * self.val_fraction)
        pieces = [text[:val], text[val:test], text[test:]]
        short = [part for part, piece in zip(PARTS, pieces, strict=True) if len(piece) < 2]
        if short:
            raise UserError(
                f"data.path: {self.path}: {len(text)} characters are too few, for the {short[0]} part has less than 2; "
                "give a longer text"
            )
        return list(zip(PARTS, pieces, strict=True))


def _text_files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise UserError(f"{place}: does not exist; give a .txt file or a folder of them")
    inside = sorted(path for path in place.rglob("*") if path.suffix.lower() == ".txt" and path.is_file())
    found = [path for path in inside if not any(part.startswith(".") for part in path.relative_to(place).parts)]
    if not found:
        raise UserError(f"{place}: holds no .txt file; add some")
    return found


def _without_repeated(texts: dict[str, str]) -> tuple[dict[str, str], int]:
    """Texts without the paragraphs that have come before in any of them, and how many those were."""
    seen: set[str] = set()
    left, repeated = {}, 0
    for file, text in texts.items():
        kept = []
        for paragraph in re.split(r"\n[^\S\n]*\n\s*", text.strip()):
            key = paragraph.strip()
            if len(key) >= _PARAGRAPH and key in seen:
                repeated += 1
                continue
            seen.add(key)
            kept.append(paragraph)
        left[file] = "\n\n".join(kept)
    return left, repeated


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}); mend or remove it") from error


def _objects(texts: Sequence[str]) -> Array:
    array: Array = np.empty(len(texts), object)
    array[:] = texts
    return array
