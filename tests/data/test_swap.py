import os

import pytest

from groklab.data import swap
from groklab.data.swap import recover, replacing
from groklab.errors import UserError


def fill(folder, text):
    with replacing(folder) as new:
        (new / "inner").mkdir()
        (new / "inner" / "file").write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=[True, False], ids=["exchange", "rename"])
def folder(request, tmp_path, monkeypatch):
    """A folder to replace, where the file system can exchange two folders and where it cannot."""
    if not request.param:
        monkeypatch.setattr(swap, "_exchange", lambda first, second: False)
    return tmp_path / "data"


def test_the_new_takes_the_old_ones_place_and_leaves_nothing_beside(folder):
    fill(folder, "old")
    (folder / "only in the old one").touch()
    fill(folder, "new")
    assert names(folder) == ["inner"]
    assert (folder / "inner" / "file").read_text() == "new"
    assert names(folder.parent) == ["data"]


def test_a_failure_leaves_the_old_one(folder):
    fill(folder, "old")
    with pytest.raises(RuntimeError), replacing(folder) as new:
        (new / "file").touch()
        raise RuntimeError
    assert (folder / "inner" / "file").read_text() == "old"
    assert names(folder.parent) == ["data"]


def test_a_full_disk_is_one_line_and_leaves_the_old_one(folder):
    fill(folder, "old")
    with pytest.raises(UserError, match="data: cannot be written"), replacing(folder):
        raise OSError(28, os.strerror(28))
    assert (folder / "inner" / "file").read_text() == "old"


def test_leftovers_are_removed_and_neighbours_are_not(tmp_path):
    fill(tmp_path / "data", "old")
    neighbours = [
        ".data.2.0123abcd.new",
        ".data.lock",
        ".data.0123.new",
        "data.0123abcd.new",
        ".data.0123abcd.new.x",
    ]
    for name in (".data.0123abcd.new", ".data.89abcdef.old", *neighbours):
        (tmp_path / name).mkdir()
    recover(tmp_path / "data")
    assert names(tmp_path) == sorted(["data", *neighbours])


def test_an_old_folder_set_aside_by_a_killed_process_is_put_back(tmp_path):
    fill(tmp_path / "data", "old")
    (tmp_path / "data").rename(tmp_path / ".data.0123abcd.old")
    recover(tmp_path / "data")
    assert (tmp_path / "data" / "inner" / "file").read_text() == "old"


def test_this_system_exchanges_in_one_step_or_says_that_it_cannot(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir(), second.mkdir()
    (first / "file").touch()
    if swap._exchange(first, second):
        assert (names(first), names(second)) == ([], ["file"])
    else:
        assert (names(first), names(second)) == (["file"], [])
