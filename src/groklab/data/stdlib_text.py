"""The language reference that Python's own help shows."""

import ast
import importlib.util
import platform
from pathlib import Path

import numpy as np

from groklab.data.dataset import Raw
from groklab.data.texts import TextData
from groklab.data.vocabulary import Characters
from groklab.data.windows import windows
from groklab.errors import UserError
from groklab.files import sha256


class StdlibText(TextData):
    """Windows of ``length + 1`` characters of the topics of ``help()``, about 80, in English.

    Topics repeat each other (40 % of the lines stand in several): each paragraph is kept where it comes first, only
    then are the topics cut into windows, and a topic's windows are in one part. The text is that of the running Python,
    so another version prepares other data, and their source's hash says so. The file is read, not executed.

    Source: Python's language reference, module ``pydoc_data.topics`` of the standard library.
    """

    kind = "language"
    tokens = Characters
    licence = "PSF-2.0"
    citation = "Python Software Foundation, The Python Language Reference, https://docs.python.org/3/reference/"

    def load(self) -> Raw:
        """Windows and their topic.

        Raises:
            UserError: This Python comes without the file, or it is not of the known form.
        """
        path = _file()
        topics, repeated = distinct_paragraphs(_topics(path))
        pieces = [(name, piece) for name, text in topics.items() for piece in windows(text, self.length)]
        return Raw(
            np.array([piece for _, piece in pieces], dtype=object),
            np.zeros(len(pieces), np.int64),
            groups=np.array([name for name, _ in pieces]),
            source=f"Python {platform.python_version()}, pydoc_data/topics.py",
            source_sha256=sha256(path),
            rules=[
                f"A paragraph that came before, in any topic, is removed ({repeated}).",
                f"Each topic is cut into windows of {self.length + 1} characters that overlap by one.",
            ],
        )


def distinct_paragraphs(topics: dict[str, str]) -> tuple[dict[str, str], int]:
    """Topics in the order of their names, without the paragraphs that came before, and how many those were."""
    seen: set[str] = set()
    kept: dict[str, str] = {}
    repeated = 0
    for name in sorted(topics):
        fresh = []
        for paragraph in topics[name].split("\n\n"):
            key = " ".join(paragraph.split())
            if key and key not in seen:
                fresh.append(paragraph.strip("\n"))
            repeated += key in seen
            seen.add(key)
        kept[name] = "\n\n".join(fresh)
    return kept, repeated


def _file() -> Path:
    spec = importlib.util.find_spec("pydoc_data")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (path := Path(folder) / "topics.py").is_file():
            return path
    raise UserError("data stdlib_text: this Python has no pydoc_data/topics.py; install all of its standard library")


def _topics(path: Path) -> dict[str, str]:
    for statement in ast.parse(path.read_bytes()).body:
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == ["topics"]:
            topics: dict[str, str] = ast.literal_eval(statement.value)
            return topics
    raise UserError(f"{path}: assigns no topics; use another version of Python")
