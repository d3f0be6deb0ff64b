"""A whole folder that takes the place of another: at any time the old or the new one is there."""

import contextlib
import ctypes
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from groklab.errors import UserError

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # Linux, <fcntl.h> and <linux/fs.h>
_NOT_OFFERED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


@contextlib.contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yield a new, empty folder that becomes ``folder`` once it is complete and on disk.

    It lies beside ``folder``, so the rename never crosses a file system. Only one process at a time may
    replace a folder (the caller holds a lock): what a killed one left is removed here.

    Raises:
        UserError: The place cannot be written or is full; an older ``folder`` is left as it was.
    """
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        recover(folder)
        temporary.mkdir()
        yield temporary
        _sync(temporary)
        _put(temporary, folder)
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror or error}). Free space or choose another folder; "
            "what was there before is intact."
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def recover(folder: Path) -> None:
    """Remove what killed processes left beside ``folder``; put an old folder that was set aside back."""
    pattern = re.compile(rf"\.{re.escape(folder.name)}\.[0-9a-f]{{8}}\.(new|old)")
    for path in sorted(folder.parent.iterdir()):
        if found := pattern.fullmatch(path.name):
            if found[1] == "old" and not folder.exists():
                path.rename(folder)
            else:
                shutil.rmtree(path)


def _put(new: Path, folder: Path) -> None:
    """``new`` becomes ``folder``; what was there is removed."""
    if not folder.exists():
        new.rename(folder)
    elif _exchange(new, folder):
        shutil.rmtree(new)
    else:
        aside = new.with_suffix(".old")
        folder.rename(aside)
        new.rename(folder)
        shutil.rmtree(aside)
    _sync_entry(folder.parent)


def _exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step, where system and file system offer it."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    if swap(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_OFFERED:
        return False
    raise OSError(number, os.strerror(number), str(second))


def _sync(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        _sync_entry(path)


def _sync_entry(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
