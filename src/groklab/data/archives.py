"""Members of an archive, read into memory: nothing is extracted, so nothing can be written where it should not."""

import bz2
import fnmatch
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from groklab.errors import UserError

_BLOCK_BYTES = 1 << 20
_MAX_BYTES = 2 << 30
_OPENERS: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}


class _TooLarge(Exception):
    """More bytes came than were allowed."""


def read_members(archive: Path, pattern: str = "*", *, max_bytes: int = _MAX_BYTES) -> Iterator[tuple[str, bytes]]:
    """Name and content of the regular files in a zip (or wheel) or tar (plain, gz, bz2, xz), in the archive's order.

    Links and devices are passed over.

    Args:
        archive: Its kind is told by its first bytes, not by its name.
        pattern: Which names, as :mod:`fnmatch` has it (``*`` also matches ``/``).
        max_bytes: How much may come out of the archive altogether; what it says of itself is not believed.

    Raises:
        UserError: A name leads outside of the archive, more than ``max_bytes`` come out, or it is damaged.
    """
    reader = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    try:
        yield from reader(archive, pattern, max_bytes)
    except _TooLarge as error:
        raise UserError(
            f"{archive}: more than {max_bytes} bytes come out of it, which is no honest archive of this data; "
            "get it again from its source"
        ) from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError) as error:
        raise UserError(f"{archive}: is damaged or no archive ({error}); get it again from its source") from error


def read_member(archive: Path, member: str, *, max_bytes: int = _MAX_BYTES) -> bytes:
    """Content of one member.

    Raises:
        UserError: As :func:`read_members`; or there is no such member.
    """
    for name, content in read_members(archive, glob_escape(member), max_bytes=max_bytes):
        if name == member:
            return content
    raise UserError(f"{archive}: has no member {member!r}; get it again from its source")


def glob_escape(name: str) -> str:
    """A pattern that matches ``name`` alone."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _zip_members(archive: Path, pattern: str, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    left = max_bytes
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            _refuse_outside(archive, info.filename)
            regular = not info.is_dir() and (info.external_attr >> 28) in (0, 8)  # of the Unix mode: none or S_IFREG
            if regular and fnmatch.fnmatchcase(info.filename, pattern):
                with opened.open(info) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _TooLarge
                yield info.filename, content


def _tar_members(archive: Path, pattern: str, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    with open(archive, "rb") as file:
        start = file.read(6)
    opener = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), open)
    with (
        cast(BinaryIO, opener(archive, "rb")) as unpacked,
        tarfile.open(fileobj=_Capped(unpacked, max_bytes), mode="r|", bufsize=_BLOCK_BYTES) as opened,
    ):
        for info in opened:
            _refuse_outside(archive, info.name)
            if info.isreg() and fnmatch.fnmatchcase(info.name, pattern):
                content = opened.extractfile(info)
                assert content is not None, "a regular file has content"
                yield info.name, content.read()


class _Capped(io.RawIOBase):
    """What is read from ``file``, up to ``max_bytes``: headers and members that are passed over count too."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._left = max_bytes

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes.

        Raises:
            _TooLarge: the limit is passed.
        """
        block = self._file.read(_BLOCK_BYTES if size < 0 else size)
        self._left -= len(block)
        if self._left < 0:
            raise _TooLarge
        return block


def _refuse_outside(archive: Path, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[:1]:
        raise UserError(f"{archive}: member {name!r} leads outside of the archive; get it again from its source")
