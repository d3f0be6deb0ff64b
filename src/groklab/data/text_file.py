"""Text files in a stated encoding."""

import codecs
from pathlib import Path

from groklab.errors import UserError


def check_encoding(encoding: str) -> None:
    """Refuse an encoding that Python does not know.

    Raises:
        ValueError: It does not.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise ValueError(f"encoding={encoding!r} is unknown; use utf-8, latin-1, cp1252 or utf-16") from None


def read_text(path: Path, encoding: str) -> str:
    """The text of a file, without a mark of byte order and with ``\\n`` at the end of its lines.

    Raises:
        UserError: The file cannot be read or has a byte that the encoding does not know.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}); give a text file") from error
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        other = "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "latin-1"
        raise UserError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not {encoding}; set data.encoding={other}, or "
            f"save the file as {encoding}"
        ) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
