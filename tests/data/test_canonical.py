"""Data of the canonical files, where a mirror has them."""

import gzip
import struct
import tarfile

import numpy as np
import pytest

from groklab.data.cleaning import content_keys
from groklab.data.imdb import IMDb
from groklab.data.mnist import read_idx
from groklab.data.windows import windows
from groklab.errors import UserError
from tests.data.shipped import MIRROR, Shipped, absent_only_at_end

CANONICAL = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
COUNTS = {
    "mnist": {"train": 54000, "val": 6000, "test": 10000},
    "fsdd": {"train": 2430, "val": 270, "test": 300},
    "connected_digits": {"train": 2500, "val": 300, "test": 500},
    "imdb": {"train": 22303, "val": 2478, "test": 25000},
    "etth1": {"train": 8209, "val": 2785, "test": 2785},
    "esol": {"train": 900, "val": 113, "test": 113},
    "tiny_shakespeare": {"train": 3922, "val": 218, "test": 218},
}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Gives a prepared set by name; the network is not asked."""
    if not MIRROR.is_dir():
        pytest.skip(f"no mirror of the canonical files at {MIRROR}")
    folder, made = tmp_path_factory.mktemp("canonical"), {}

    def get(name):
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("GROKLAB_MIRROR", str(MIRROR))
                patch.setenv("GROKLAB_CACHE", str(folder / "cache"))
                made[name] = Shipped(name, folder / name)
                assert len(made[name].raw.x)
        return made[name]

    return get


@pytest.mark.parametrize("name", COUNTS)
def test_parts_have_the_known_sizes(shipped, name):
    assert shipped(name).card.counts == COUNTS[name]


@pytest.mark.parametrize("name", ["fsdd", "connected_digits", "imdb", "esol", "tiny_shakespeare"])
def test_what_is_absent_comes_last(shipped, name):
    for part in ("train", "val", "test"):
        assert absent_only_at_end(shipped(name).array(part, "x"))


def test_the_test_part_of_mnist_is_intact(shipped):
    mnist = shipped("mnist")
    images, labels = (
        np.frombuffer(gzip.decompress((MIRROR / "mnist" / name).read_bytes()), np.uint8)
        for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
    )
    keys = content_keys(images[16:].reshape(-1, 1, 28, 28))
    order = np.argsort(keys)
    np.testing.assert_array_equal(keys[order], mnist.array("test", "keys"))
    np.testing.assert_array_equal(labels[8:][order], mnist.array("test", "y"))


def test_idx_gives_the_array_or_a_line(tmp_path):
    header = struct.pack(">BBBBII", 0, 0, 8, 2, 2, 3)
    path = tmp_path / "numbers.gz"
    path.write_bytes(gzip.compress(header + bytes(range(6))))
    assert read_idx(path).tolist() == [[0, 1, 2], [3, 4, 5]]
    path.write_bytes(gzip.compress(header + bytes(range(5))))
    with pytest.raises(UserError, match="no IDX file"):
        read_idx(path)


def test_an_utterance_has_a_frame_each_ten_milliseconds(shipped):
    """0_george_0.wav has 2,384 samples: windows of 200 start each 80 of them, at 0 to 27 * 80."""
    words = shipped("fsdd")
    assert (words.raw.split == "test").sum() == 6 * 10 * 5
    assert np.bincount(words.raw.y).tolist() == [300] * 10
    assert (~np.isnan(words.raw.x[0]).any(axis=1)).sum() == 1 + (2384 - 200) // 80 == 28
    assert words.raw.split[0] == "test" and words.raw.y[0] == 0


def test_reviews_are_half_positive_in_each_fixed_part(shipped):
    reviews = shipped("imdb")
    test = reviews.raw.split == "test"
    assert (len(test), test.sum()) == (50000, 25000)
    assert reviews.raw.y[test].mean() == reviews.raw.y[~test].mean() == 0.5
    assert not any("<br />" in text for text in reviews.raw.x)
    assert reviews.card.class_counts["test"] == {"negative": 12500, "positive": 12500}


def test_reviews_are_read_alike_from_the_whole_archive(tmp_path, monkeypatch):
    """The canonical one is a tar.gz, and has reviews without a class and lists of addresses besides."""
    names = {
        "train/neg/0_1.txt": (0, ""),
        "train/pos/1_9.txt": (1, ""),
        "test/pos/0_10.txt": (1, "test"),
        "train/unsup/0_0.txt": None,
        "train/urls_pos.txt": None,
        "imdb.vocab": None,
    }
    archive = tmp_path / "imdb" / "aclImdb_v1.labelled.tar.xz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as opened:
        for name in names:
            (tmp_path / "text").write_text(f"{name}<br />é", encoding="utf-8")
            opened.add(tmp_path / "text", f"aclImdb/{name}")
    monkeypatch.setenv("GROKLAB_MIRROR", str(tmp_path))
    monkeypatch.setattr("groklab.data.sources.sha256", lambda path: CANONICAL)
    reviews = IMDb(
        name="imdb",
        shape=[4],
        num_features=4,
        num_outputs=2,
        num_tokens=9,
        val_fraction=0.5,
        test_fraction=None,
    ).load()
    kept = {name: known for name, known in names.items() if known}
    assert reviews.x.tolist() == [f"{name} é" for name in kept]
    assert list(zip(reviews.y.tolist(), reviews.split.tolist(), strict=True)) == list(kept.values())


def test_twelve_four_and_four_months_of_etth1(shipped):
    """Standardized by the first year; the windows of the next begin where its targets do."""
    data = shipped("etth1")
    assert data.set.borders(20 * 30 * 24) == (12 * 30 * 24, 16 * 30 * 24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROKLAB_MIRROR", str(MIRROR))
        values = data.set.series().values
    assert values.shape == (14400, 7)
    np.testing.assert_allclose(values[:8640].mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(values[:8640].std(axis=0), 1)
    first = np.flatnonzero(data.raw.split == "val")[0]
    np.testing.assert_array_equal(data.raw.y[first].reshape(96, 7), values[8640 : 8640 + 96])
    np.testing.assert_array_equal(data.raw.x[first], values[8640 - 336 : 8640].astype(np.float32))
    np.testing.assert_array_equal(data.raw.y[-1].reshape(96, 7), values[-96:])


def test_molecules_of_esol_have_no_space_and_are_not_cut(shipped):
    molecules = shipped("esol")
    (fenfuram,) = np.flatnonzero(molecules.raw.x == "Cc1occc1C(=O)Nc2ccccc2")
    assert molecules.raw.y[fenfuram] == -3.3
    assert not any(" " in text for text in molecules.raw.x)
    assert max(map(len, molecules.raw.x)) == molecules.set.length


def test_the_play_begins_with_what_is_trained_on(shipped):
    play = shipped("tiny_shakespeare")
    text = (MIRROR / "tinyshakespeare" / "input.txt").read_text(encoding="ascii")
    borders = [0, round(0.9 * len(text)), round(0.95 * len(text)), len(text)]
    for part, start, end in zip(("train", "val", "test"), borders, borders[1:], strict=False):
        assert play.raw.x[play.raw.split == part].tolist() == windows(text[start:end], 256)
    assert len(set(text)) + 2 == play.set.num_tokens
