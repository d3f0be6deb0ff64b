"""A download that goes on where it was cut short."""

import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pooch
from filelock import FileLock, Timeout

from groklab.data.download_progress import progress

_log = logging.getLogger(__name__)
_TIMEOUT_S = (10.0, 30.0)  # to connect, and between two bytes
_TRIES, _PAUSE_S = 3, 1.0
_BLOCK_BYTES = 1 << 13  # a connection that breaks loses what there is of one
_BUSY = (408, 429)  # of the 4xx those that another try may mend


@contextlib.contextmanager
def alone(part: Path) -> Iterator[None]:
    """Keep other processes from ``part``; they wait, also for one that is killed.

    Raises:
        OSError: The folder cannot be written.
    """
    lock = FileLock(part.with_suffix(".lock"))
    try:
        held = lock.acquire(blocking=False)
    except Timeout:
        _log.info("another process fetches the same file; waiting for it")
        held = lock.acquire()
    with held:
        yield


def download(url: str, part: Path) -> None:
    """Bring ``part`` from where it stands to the end of the file at ``url``; what came is not checked.

    Tries go on while they bring bytes that were not there before.

    Args:
        url: Of the file, over HTTP.
        part: What came of it so far; it need not exist.

    Raises:
        OSError: The server refuses, or three tries in a row have brought nothing new. What came is in ``part``.
    """
    furthest, tries = _size(part), 0
    while True:
        try:
            return _transfer(url, part)
        except OSError as error:  # the errors of requests are OSErrors too
            size = _size(part)
            tries = tries + 1 if size <= furthest else 0
            furthest = max(furthest, size)
            if size == 0:
                part.unlink(missing_ok=True)
            if tries == _TRIES or (400 <= _status(error) < 500 and _status(error) not in _BUSY):
                raise
            _log.warning("%s: %s; trying again", url, cause(error))
            time.sleep(_PAUSE_S)


def cause(error: BaseException) -> str:
    """What happened, in the words of the innermost of errors that wrap each other."""
    wrapped = (getattr(error, "reason", None), *error.args)
    inner = next((one for one in wrapped if isinstance(one, BaseException)), None)
    return cause(inner) if inner else str(error)


def _transfer(url: str, part: Path) -> None:
    with open(part, "ab") as file, progress(url) as shown:
        start = file.tell()

        def begin(response: Any, **_: Any) -> None:
            """Before the first byte: a server that does not know ranges sends the whole file (200, not 206)."""
            if response.status_code == 200:
                file.truncate(0)
            if response.status_code in (200, 206):
                shown.begin(file.seek(0, 2), int(response.headers.get("Content-Length", 0)))

        # Of a file that is compressed for the way, a range would be one of the compressed bytes.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        fetch = pooch.HTTPDownloader(
            progressbar=shown, chunk_size=_BLOCK_BYTES, timeout=_TIMEOUT_S, headers=headers, hooks={"response": begin}
        )
        try:
            fetch(url, file, None)
        except OSError as error:
            if _status(error) != 416:  # nothing comes after start: the file is complete, or longer than it should be
                raise


def _status(error: OSError) -> int:
    """Of the server's answer; 0 if there was none."""
    return int(getattr(getattr(error, "response", None), "status_code", 0))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
