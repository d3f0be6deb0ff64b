import contextlib
import itertools
import logging
import os
import random
import shutil

import pytest
import torch

from groklab.errors import UserError
from groklab.files import sha256
from groklab.training.checkpoint_io import LAST, PREVIOUS, SUMS, AtomicCheckpointIO, newest_checkpoint

IO = AtomicCheckpointIO()


def save(folder, *values):
    folder.mkdir(exist_ok=True)
    for value in values:
        IO.save_checkpoint({"value": value, "weights": torch.full((50,), float(value))}, folder / LAST)


def load(folder):
    return IO.load_checkpoint(newest_checkpoint(folder))["value"]


def flip(path, bit):
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def test_the_last_two_are_kept(tmp_path):
    save(tmp_path, 1, 2, 3)
    assert load(tmp_path) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [SUMS, LAST, PREVIOUS]


def test_there_is_none_before_the_first(tmp_path):
    assert newest_checkpoint(tmp_path / "absent") is None


def test_every_flipped_bit_is_seen_and_the_one_before_is_taken(tmp_path, caplog):
    choose = random.Random(0)
    save(tmp_path / "sound", 1, 2)
    for trial in range(200):
        folder = shutil.copytree(tmp_path / "sound", tmp_path / str(trial))
        flip(folder / LAST, choose.randrange(8 * (folder / LAST).stat().st_size))
        caplog.clear()
        assert load(folder) == 1
        assert "last.ckpt is damaged" in caplog.text


def test_after_a_fallback_the_sound_one_is_not_the_next_to_go(tmp_path):
    save(tmp_path, 1, 2)
    flip(tmp_path / LAST, 1000)
    newest_checkpoint(tmp_path)
    save(tmp_path, 3)
    flip(tmp_path / LAST, 1000)
    assert load(tmp_path) == 1


def test_a_truncated_one_is_seen(tmp_path, caplog):
    save(tmp_path, 1, 2)
    os.truncate(tmp_path / LAST, (tmp_path / LAST).stat().st_size // 2)
    with caplog.at_level(logging.WARNING):
        assert load(tmp_path) == 1


def test_none_whole_is_an_error_that_names_the_folder_and_the_mend(tmp_path):
    save(tmp_path, 1, 2)
    for name in (LAST, PREVIOUS):
        flip(tmp_path / name, 999)
    with pytest.raises(UserError, match=r"no checkpoint is whole.*force=true"):
        newest_checkpoint(tmp_path)


class Killed(BaseException):
    pass


@contextlib.contextmanager
def killed_at(moment):
    """Nothing is done to a file from the ``moment``-th operation on, not even what cleans up."""
    count = 0

    def until_then(operation):
        def operate(*args, **more):
            nonlocal count
            count += 1
            if count >= moment:
                raise Killed
            return operation(*args, **more)

        return operate

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "link", "unlink", "fsync"):
            patch.setattr(os, name, until_then(getattr(os, name)))
        yield


def killed_saving(folder, value, moment):
    with killed_at(moment):
        try:
            save(folder, value)
        except Killed:
            return True
        return False


def whole_and_listed(folder):
    listed = {line.split()[0] for line in (folder / SUMS).read_text().splitlines()}
    return {path.name for path in folder.glob("*.ckpt") if sha256(path) in listed}


MOMENTS = range(1, 15)  # a save has 13 operations, so the last of these kills nothing


@pytest.fixture
def at_once(monkeypatch):
    """A kill, unlike a power cut, loses nothing that was written."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.mark.parametrize("hard_links", [True, False])
def test_a_kill_between_any_two_operations_leaves_one_that_loads(tmp_path, monkeypatch, at_once, hard_links):
    if not hard_links:
        monkeypatch.setattr(os, "link", refuse)
    for moment in MOMENTS:
        folder = tmp_path / str(moment)
        save(folder, 1, 2)
        killed = killed_saving(folder, 3, moment)
        assert killed == (moment <= (13 if hard_links else 12))
        assert whole_and_listed(folder) & ({LAST} if hard_links else {LAST, PREVIOUS})
        assert load(folder) in ({2, 3} if killed else {3})


def test_killed_going_on_and_killed_again_it_still_keeps_the_last_two(tmp_path, at_once):
    for first in MOMENTS:
        save(tmp_path / str(first), 1, 2)
        killed_saving(tmp_path / str(first), 3, first)
        assert load(tmp_path / str(first)) in {2, 3}
    for first, second in itertools.product(MOMENTS, repeat=2):
        folder = shutil.copytree(tmp_path / str(first), tmp_path / f"{first}-{second}")
        killed_saving(folder, 4, second)
        assert LAST in whole_and_listed(folder)
        assert load(folder) in {2, 3, 4}
        save(folder, 5, 6)
        assert sorted(path.name for path in folder.iterdir()) == [SUMS, LAST, PREVIOUS]
        assert load(folder) == 6
        flip(folder / LAST, 1000)
        assert load(folder) == 5


def refuse(*_):
    raise PermissionError(1, "Operation not permitted")


def test_a_full_disk_leaves_the_old_one_and_says_so(tmp_path, monkeypatch):
    save(tmp_path, 1)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"cannot be written.*No space left"):
        save(tmp_path, 2)
    monkeypatch.undo()
    assert load(tmp_path) == 1
    assert not list(tmp_path.glob(".*"))


class Marker:
    def __reduce__(self):
        return (os.system, (f"touch {os.environ['MARKER']}",))


def test_a_pickle_in_a_checkpoint_does_not_run(tmp_path, monkeypatch):
    monkeypatch.setenv("MARKER", str(tmp_path / "ran"))
    save(tmp_path / "a", 1)
    torch.save({"value": Marker()}, tmp_path / "evil.ckpt")
    with pytest.raises(Exception, match="Weights only load failed"):
        IO.load_checkpoint(tmp_path / "evil.ckpt")
    assert not (tmp_path / "ran").exists()
