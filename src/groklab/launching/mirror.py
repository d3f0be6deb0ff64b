"""A run's folder in two places: what changed in one of them, and the same done in the other."""

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from groklab.files import write_atomic
from groklab.run_folder import KEPT_ON_RESTART
from groklab.training.checkpoint_io import LAST, PREVIOUS, SUMS

Changes = Mapping[str, bytes | None]
_CHECKPOINTS = "checkpoints/"
_UNDER_WAY = (PREVIOUS, "incoming.ckpt", "outgoing.ckpt")  # the newest checkpoint is enough to go on from


class Mirror:
    """Notices what changes in a folder while a process writes it.

    Args:
        folder: Of a run; what tracking keeps there, and the lock, are each place's own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, tuple[int, int]] = {}

    def changes(self) -> dict[str, bytes | None]:
        """Contents by name of what is new since the last call, None for what is gone.

        The checkpoint is one that its sums list, and the log is no shorter than the checkpoint knows it.
        """
        while True:
            with contextlib.suppress(FileNotFoundError):  # it was replaced while it was read
                sums = self._stamps().get(_CHECKPOINTS + SUMS)
                stamps = self._stamps()
                found: dict[str, bytes | None] = dict.fromkeys(self._seen.keys() - stamps.keys())
                for name in sorted(stamps):  # checkpoints come before log.jsonl
                    if self._seen.get(name) != stamps[name]:
                        found[name] = (self.folder / name).read_bytes()
                if self._stamps().get(_CHECKPOINTS + SUMS) == sums:
                    self._seen = stamps
                    return found

    def replace(self, changes: Changes) -> None:
        """Make the folder what ``changes``, from the start, say of the other."""
        for path in self.folder.iterdir() if self.folder.exists() else ():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in KEPT_ON_RESTART:
                path.unlink()
        apply(changes, self.folder)
        self._seen = self._stamps()

    def _stamps(self) -> dict[str, tuple[int, int]]:
        stamps = {}
        for path in self.folder.rglob("*"):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and name not in KEPT_ON_RESTART and path.name not in _UNDER_WAY and path.name[0] != ".":
                state = path.stat()
                stamps[name] = (state.st_mtime_ns, state.st_size)
        return stamps


def apply(changes: Changes, folder: Path) -> None:
    """Do to ``folder`` what was done to the other; cut short, it is one from which a run goes on."""
    for name in sorted(changes, key=lambda name: (name.startswith(_CHECKPOINTS), name)):  # SHA256SUMS, then last.ckpt
        content, path = changes[name], folder / name
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write_atomic(path, _with_former(content, path) if path.name == SUMS else content)


def _with_former(sums: bytes, path: Path) -> bytes:
    """The new checkpoint's sum, and that of the one here, which is there until the new one takes its place."""
    former = _last(path.read_bytes()) if path.exists() else []
    return b"".join([*_last(sums), *(line.replace(LAST.encode(), PREVIOUS.encode()) for line in former)])


def _last(sums: bytes) -> list[bytes]:
    return [line for line in sums.splitlines(keepends=True) if line.split()[1:] == [LAST.encode()]]
