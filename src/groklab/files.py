"""Files that are written whole or not at all, and their hashes."""

import contextlib
import errno
import hashlib
import json
import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from groklab.errors import UserError

_CHUNK_BYTES = 1 << 20


@contextlib.contextmanager
def atomic_file(path: Path, *, num_bytes: Callable[[], int] | None = None) -> Iterator[BinaryIO]:
    """Open a file that takes ``path``'s place only once it is complete and on disk.

    The temporary file lies in the same folder, so the final rename never crosses a file system.

    Args:
        path: The file.
        num_bytes: How large it will be, if that is known by the time a write fails.

    Raises:
        UserError: the folder cannot be written or is full; an older ``path`` is left as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        _remove(temporary)  # first, so that its bytes count as free
        raise _cannot_write(path, error, num_bytes() if num_bytes else None) from error
    finally:
        _remove(temporary)


@contextlib.contextmanager
def writing(path: Path, *, num_bytes: int | None = None) -> Iterator[None]:
    """Where ``path`` is changed in place.

    Raises:
        UserError: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise _cannot_write(path, error, num_bytes) from error


def check_writable(folder: Path) -> None:
    """Make ``folder`` and try it, so that hours of work do not end at a door that was closed all the time.

    Raises:
        UserError: no file can be made there.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass


def _cannot_write(path: Path, error: OSError, num_bytes: int | None) -> UserError:
    """Path, cause, bytes needed and the mend."""
    room, mend = "", "Free space or choose another folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        place = next(folder for folder in path.absolute().parents if folder.exists())
        room = f"{shutil.disk_usage(place).free} are free there"
    elif error.errno == errno.EFBIG:
        room = f"no file may have more than {resource.getrlimit(resource.RLIMIT_FSIZE)[0]}"
        mend = "Raise the limit (ulimit -f)"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        mend = "Make it writable (chmod u+w) or choose another folder"
    if room and num_bytes is not None:
        room = f"{num_bytes} bytes are needed, {room}"
    cause = "; ".join(filter(None, (error.strerror or str(error), room)))
    return UserError(f"{path}: cannot be written ({cause}). {mend}; what was there before is intact.")


def _remove(temporary: Path) -> None:
    with contextlib.suppress(OSError):
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut: the folder entry is data too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write ``content`` to ``path``, whole or not at all."""
    data = content.encode() if isinstance(content, str) else content
    with atomic_file(path, num_bytes=lambda: len(data)) as file:
        file.write(data)


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_CHUNK_BYTES):
            total.update(block)
    return total.hexdigest()


def digest(value: Any) -> str:
    """Hex SHA-256 of a JSON-like value in canonical form (sorted keys, no spaces)."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def read_json(path: Path) -> Any:
    """The value in a JSON file.

    Raises:
        UserError: the file is absent or is not JSON.
    """
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as JSON ({error}). Remove it and run the command again.") from error


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON, whole or not at all."""
    write_atomic(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
