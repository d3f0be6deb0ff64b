"""Checkpoints that are whole, or are known not to be."""

import hashlib
import logging
import os
from pathlib import Path
from typing import Any, BinaryIO, cast

import torch
from pytorch_lightning.plugins.io import CheckpointIO

from groklab.errors import UserError
from groklab.files import atomic_file, sha256, write_atomic

LAST, PREVIOUS, SUMS = "last.ckpt", "previous.ckpt", "SHA256SUMS"
_log = logging.getLogger(__name__)


class AtomicCheckpointIO(CheckpointIO):
    """Keeps the last two checkpoints, each written beside its place, synced, renamed and checksummed.

    ``SHA256SUMS`` gets the new sum before the files move, and ``last.ckpt`` keeps its name until the new one takes it:
    from the first checkpoint on there is, at any moment, a ``last.ckpt`` that is whole and listed. Files are read with
    ``weights_only=True``: a pickle in one cannot run.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | os.PathLike[str], storage_options: Any | None = None
    ) -> None:
        """Write ``checkpoint`` to ``path``; the one that was there becomes ``previous.ckpt``."""
        target = Path(path)
        incoming = target.with_name("incoming.ckpt")
        with atomic_file(incoming, num_bytes=lambda: _num_bytes(checkpoint)) as file:
            hashing = _HashingFile(file)
            _save(checkpoint, hashing)
        known = _sums(target.parent)
        sums = {LAST: hashing.sum.hexdigest()} | ({PREVIOUS: known[LAST]} if LAST in known else {})
        write_atomic(target.parent / SUMS, "".join(f"{value}  {name}\n" for name, value in sums.items()))
        if target.exists():
            _name_as_well(target, target.with_name(PREVIOUS))
        os.replace(incoming, target)

    def load_checkpoint(
        self, path: str | os.PathLike[str], map_location: Any = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        """Read a checkpoint that was found whole."""
        checkpoint: dict[str, Any] = torch.load(path, map_location=map_location or "cpu", weights_only=True)
        return checkpoint

    def remove_checkpoint(self, path: str | os.PathLike[str]) -> None:
        """Remove one checkpoint."""
        Path(path).unlink(missing_ok=True)


def _name_as_well(path: Path, other: Path) -> None:
    """Give ``path`` the name ``other`` too, in the place of what had it."""
    outgoing = path.with_name("outgoing.ckpt")
    outgoing.unlink(missing_ok=True)  # of a process that was killed here
    try:
        os.link(path, outgoing)
    except OSError:  # a file system without hard links: for a moment there is the one before alone
        os.replace(path, other)
    else:
        os.replace(outgoing, other)
        outgoing.unlink(missing_ok=True)  # a rename leaves it where both names were one file's already


class _HashingFile:
    """Passes writes on, hashes and counts them on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sum = hashlib.sha256()
        self.num_bytes = 0

    def write(self, block: Any) -> int:
        self.sum.update(block)
        self.num_bytes += memoryview(block).nbytes
        return self.file.write(block)

    def flush(self) -> None:
        self.file.flush()


def _save(checkpoint: dict[str, Any], file: _HashingFile) -> None:
    try:
        torch.save(checkpoint, cast(BinaryIO, file))
    except RuntimeError as error:
        # Stopped midway by a full disk or a signal, torch's writer dies of an error of its own.
        raise error.__context__ or error from None


def _num_bytes(checkpoint: dict[str, Any]) -> int:
    """How much a checkpoint takes on disk."""
    with open(os.devnull, "wb") as nowhere:
        counting = _HashingFile(nowhere)
        _save(checkpoint, counting)
    return counting.num_bytes


def newest_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint in ``folder`` that is whole; None when there never was one.

    Raises:
        UserError: There are checkpoints, and none of them is whole.
    """
    last = folder / LAST
    present = [path for path in (last, folder / PREVIOUS) if path.exists()]
    sums = _sums(folder)
    for path in present:
        if (value := sha256(path)) in sums.values():
            # It is the last one now, so that the next one written neither takes its place nor strikes its sum.
            if value != sums.get(LAST):
                write_atomic(folder / SUMS, f"{value}  {LAST}\n")
            if path != last:
                os.replace(path, last)
            return last
        _log.warning("%s is damaged (its sha256 is not the one that was recorded); taking the one before", path)
    if present:
        raise UserError(
            f"{folder}: no checkpoint is whole (sha256 differs); give force=true to train again from the start"
        )
    return None


def _sums(folder: Path) -> dict[str, str]:
    path = folder / SUMS
    if not path.exists():
        return {}
    lines = (line.split() for line in path.read_text(errors="replace").splitlines())
    return {fields[1]: fields[0] for fields in lines if len(fields) == 2}
