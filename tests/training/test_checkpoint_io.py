import logging
import os
import random

import pytest
import torch

from groklab.errors import UserError
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
    for trial in range(200):
        folder = tmp_path / str(trial)
        save(folder, 1, 2)
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


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_crash_between_any_two_operations_leaves_one_that_loads(tmp_path, monkeypatch, moment):
    save(tmp_path, 1, 2)
    count, replace = 0, os.replace

    def crash_at_moment(source, target):
        nonlocal count
        count += 1
        if count == moment:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", crash_at_moment)
    try:
        save(tmp_path, 3)
    except KeyboardInterrupt:
        expected = {2, 3}
    else:
        expected = {3}
    monkeypatch.undo()
    assert load(tmp_path) in expected


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
