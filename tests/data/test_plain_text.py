import random
import string

import numpy as np
import pytest

from groklab.data.plain_text import PlainText
from groklab.data.prepare import prepare
from groklab.data.prepared import open_prepared
from groklab.errors import UserError


def noise(num, seed=0):
    return "".join(random.Random(seed).choices(string.ascii_letters, k=num))


def text(path, **arguments):
    usual = {"length": 4, "val_fraction": 0.2, "test_fraction": 0.2}
    return PlainText(**{"name": "own", "path": str(path), **usual, **arguments})


def test_one_file_is_cut_by_position(tmp_path):
    (tmp_path / "book.txt").write_text("abcdefghijklmnopqrst")  # 12 characters, 4 and 4
    raw = text(tmp_path / "book.txt").load()
    assert list(raw.x) == ["abcde", "efghi", "ijkl", "mnop", "qrst"]
    assert raw.split.tolist() == ["train", "train", "train", "val", "test"]
    assert raw.groups is None


def test_each_character_but_the_first_of_a_part_is_told_once(tmp_path):
    whole = noise(1003)
    (tmp_path / "book.txt").write_text(whole)
    raw = text(tmp_path / "book.txt", length=10).load()
    told = "".join(window[1:] for window in raw.x)
    assert len(told) == 1003 - 3


def test_what_follows_is_the_target(tmp_path):
    (tmp_path / "book.txt").write_text(noise(2000))
    dataset = text(tmp_path / "book.txt", length=16)
    card = prepare(dataset, tmp_path / "own")
    assert (card.kind, card.shape, card.num_outputs) == ("language", [16], 200)
    train = open_prepared(tmp_path / "own").open("train")
    np.testing.assert_array_equal(train.x[:, 1:], train.y[:, :-1])


def test_of_several_files_each_is_in_one_part(tmp_path):
    (tmp_path / "books").mkdir()
    for number in range(10):
        (tmp_path / "books" / f"{number}.txt").write_text(chr(ord("a") + number) + noise(400, seed=number))
    raw = text(tmp_path / "books").load()
    assert raw.split is None
    assert len(set(raw.groups.tolist())) == 10
    assert raw.groups.tolist() == sorted(raw.groups.tolist())
    card = prepare(text(tmp_path / "books", length=400), tmp_path / "own")
    assert card.counts == {"train": 6, "val": 2, "test": 2}


def test_two_files_are_each_cut_by_position(tmp_path):
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(noise(100, seed=number))
    raw = text(tmp_path, length=100).load()
    assert sorted(raw.split.tolist()) == ["test", "test", "train", "train", "val", "val"]


def test_paragraphs_that_come_again_are_removed_but_not_short_ones(tmp_path):
    long, other = noise(40, seed=1), noise(40, seed=2)
    (tmp_path / "book.txt").write_text(f"{long}\n\nExeunt.\n\n{other}\r\n \n{long}\n\nExeunt.\n")
    raw = text(tmp_path / "book.txt", length=1000, val_fraction=0.02, test_fraction=0.02).load()
    assert "Paragraphs of 40 characters or more that come again are removed (1)." in raw.rules
    whole = f"{long}\n\nExeunt.\n\n{other}\n\nExeunt."  # 100 characters, of which 2 and 2 are not trained on
    assert len(whole) == 100
    assert raw.x[0] == whole[:96]


def test_names_of_files_do_not_matter(tmp_path):
    cards = []
    for folder, names in (("one", "abcde"), ("other", "edcba")):
        (tmp_path / folder / "books").mkdir(parents=True)
        for seed, name in enumerate(names):
            (tmp_path / folder / "books" / f"{name}.txt").write_text(noise(300, seed=seed) + "\n\n" + "same " * 10)
        cards.append(prepare(text(tmp_path / folder / "books"), tmp_path / folder / "own"))
    assert cards[0].arrays == cards[1].arrays


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"one\ntwo\ncaf\xe9\n", r"line 3: byte 0xe9 is not utf-8; set data.encoding=latin-1"),
        ("one".encode("utf-16"), "set data.encoding=utf-16"),
        (b"abc", "3 characters are too few"),
    ],
)
def test_a_fault_is_named(tmp_path, content, fault):
    (tmp_path / "book.txt").write_bytes(content)
    with pytest.raises(UserError, match=fault):
        text(tmp_path / "book.txt").load()


def test_a_folder_without_text_is_named(tmp_path):
    (tmp_path / "book.pdf").write_bytes(b"%PDF")
    with pytest.raises(UserError, match=r"holds no \.txt file"):
        text(tmp_path).load()


@pytest.mark.parametrize("arguments", [{"num_tokens": 2}, {"encoding": "utf-9"}, {"num_outputs": 7}])
def test_arguments_out_of_range_are_refused(tmp_path, arguments):
    with pytest.raises(ValueError, match=f"{next(iter(arguments))}="):
        text(tmp_path, **arguments)


def test_new_text_is_windows_and_where_they_start(tmp_path):
    (tmp_path / "new.txt").write_text("abcdefg")
    x, names = text(tmp_path).read_inputs(tmp_path / "new.txt")
    assert (list(x), names) == (["abcde", "efg"], ["new.txt:0", "new.txt:4"])
