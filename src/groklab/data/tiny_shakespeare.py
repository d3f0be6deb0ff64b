"""Lines of Shakespeare's plays for a language model of characters."""

import numpy as np

from groklab.data.dataset import Raw
from groklab.data.sources import Url, fetch
from groklab.data.texts import TextData
from groklab.data.vocabulary import Characters
from groklab.data.windows import windows

_SOURCE = Url(
    "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    ("86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",),
)
_BORDERS = (("train", 0.9), ("val", 0.95), ("test", 1.0))


class TinyShakespeare(TextData):
    """1,115,394 characters of plays, 65 different ones, in windows of ``length + 1``.

    The first 90 % of the characters are trained on, the next 5 % validate, the last 5 % test; no window crosses a
    border.

    Source: Karpathy (2015), char-rnn.
    """

    kind = "language"
    tokens = Characters
    licence = "public domain"
    citation = (
        "A. Karpathy (2015), The Unreasonable Effectiveness of Recurrent Neural Networks, "
        "https://karpathy.github.io/2015/05/21/rnn-effectiveness/; text by W. Shakespeare"
    )

    def why_no_folds(self, raw: Raw) -> str | None:
        """Plays go on from one window to the next."""
        return "its parts are stretches of one text"

    def load(self) -> Raw:
        """Windows and the part of each."""
        file = fetch("tinyshakespeare", "input.txt", sources=[_SOURCE])
        text = file.path.read_bytes().decode("ascii")
        pieces: list[str] = []
        part: list[str] = []
        start = 0
        for name, end in _BORDERS:
            cut = windows(text[start : (start := round(end * len(text)))], self.length)
            pieces += cut
            part += [name] * len(cut)
        return Raw(
            np.array(pieces, dtype=object),
            np.zeros(len(pieces), np.int64),
            split=np.array(part),
            source=file.source,
            source_sha256=file.sha256,
            rules=[f"The text is cut into windows of {self.length + 1} characters that overlap by one."],
        )
