"""Data that packages carry: each is prepared once as its YAML says."""

import ast
import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from groklab.data.cleaning import content_keys
from groklab.data.frames import pad
from groklab.data.stdlib_text import distinct_paragraphs
from groklab.data.windows import windows
from tests.data.shipped import Shipped, absent_only_at_end

COUNTS = {
    "spoken_words": {"train": 2100, "val": 300, "test": 600},
    "spoken_strings": {"train": 2000, "val": 300, "test": 500},
    "movie_snippets": {"train": 8927, "val": 1274, "test": 2551},
    "solubility": {"train": 919, "val": 102, "test": 257},
    "co2": {"train": 1470, "val": 203, "test": 432},
    "sunspots": {"train": 147, "val": 36, "test": 52},
    "sea_temperature": {"train": 13235, "val": 1878, "test": 3803},
}
PADDED = ["spoken_words", "spoken_strings", "movie_snippets", "solubility", "stdlib_text"]
SERIES = ["co2", "sunspots", "sea_temperature"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """Gives a prepared set by name; wheels are fetched once, into a cache of this module."""
    folder, made = tmp_path_factory.mktemp("embedded"), {}

    def get(name):
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("GROKLAB_CACHE", str(folder / "cache"))
                patch.delenv("GROKLAB_MIRROR", raising=False)
                made[name] = Shipped(name, folder / name)
                assert len(made[name].raw.x)  # loaded while the cache is known
        return made[name]

    return get


@pytest.mark.parametrize("name", COUNTS)
def test_parts_have_the_known_sizes(shipped, name):
    assert shipped(name).card.counts == COUNTS[name]


@pytest.mark.parametrize("name", PADDED)
def test_what_is_absent_comes_last(shipped, name):
    for part in ("train", "val", "test"):
        assert absent_only_at_end(shipped(name).array(part, "x"))


def test_each_word_is_spoken_300_times(shipped):
    """The first utterance is a five of 14 frames; its first coefficients are those of the file."""
    words = shipped("spoken_words")
    assert np.bincount(words.raw.y).tolist() == [300] * 10
    assert words.raw.y[0] == 5
    assert (~np.isnan(words.raw.x[0, :, 0])).sum() == 14
    np.testing.assert_allclose(words.raw.x[0, 0, :2], [-160.796967, 64.151886], rtol=1e-6)
    assert (~np.isnan(words.raw.x).any(axis=2)).sum() == 53999 - (88 - 53) - (92 - 53)


def test_a_film_is_in_one_part(shipped):
    """Of two phrases that fit several films one copy is left, which is no film's in particular."""
    snippets = shipped("movie_snippets")
    keys, films = content_keys(snippets.raw.x), {}
    for key, film in zip(keys.tolist(), snippets.raw.groups.tolist(), strict=True):
        films.setdefault(key, set()).add(film)
    assert sum(len(found) > 1 for found in films.values()) == 2
    own = np.array([len(films[key]) == 1 for key in keys.tolist()])
    parts = snippets.part_of_each(keys)
    films_of = [set(snippets.raw.groups[own & (parts == part)]) for part in ("train", "val", "test")]
    assert sum(map(len, films_of)) == len(set.union(*films_of)) == 507
    assert "A three-hour cinema master class." in snippets.raw.x[snippets.raw.y == 1]


def test_a_snippet_is_its_words(shipped):
    snippets = shipped("movie_snippets")
    encoder = snippets.set.encoder()
    encoder.fit(snippets.raw.x)
    (row,) = encoder.transform(np.array(["A film."], dtype=object)).tolist()
    assert encoder.decode(row) == "a film ."
    assert row[3:] == [0] * 45


def test_the_solubility_of_pentane_is_the_files(shipped):
    molecules = shipped("solubility")
    (pentane,) = np.flatnonzero(molecules.raw.x == "CCCCC")
    assert (molecules.raw.y[pentane], molecules.raw.split[pentane]) == (-3.18, "")
    assert len(molecules.raw.x) == 1025 + 257
    assert not any("\r" in text for text in molecules.raw.x)


def test_a_molecule_of_the_sources_two_parts_is_tested_and_not_learnt(shipped):
    molecules = shipped("solubility")
    test = molecules.raw.split == "test"
    both = set(molecules.raw.x[test]) & set(molecules.raw.x[~test])
    assert len(both) == 3
    keys = content_keys(np.array(sorted(both), dtype=object))
    assert molecules.part_of_each(keys).tolist() == ["test"] * 3


def test_no_molecule_is_cut(shipped):
    molecules = shipped("solubility")
    assert max(map(len, molecules.raw.x)) == molecules.set.length == 88
    assert not (molecules.array("train", "x") == 1).any()


@pytest.mark.parametrize("name", SERIES)
def test_no_step_is_a_target_of_two_parts(shipped, name):
    """Rows are in order of time; the last horizon of a part ends where the first of the next begins."""
    data = shipped(name)
    rows = [np.flatnonzero(data.raw.split == part) for part in ("train", "val", "test")]
    np.testing.assert_array_equal(np.concatenate(rows), np.arange(len(data.raw.x)))
    for before, after in pairwise(rows):
        np.testing.assert_array_equal(
            data.raw.x[after[0], -data.set.horizon :, 0], data.raw.y[before[-1]].astype(np.float32)
        )


def test_the_first_and_last_weeks_of_co2_are_the_files(shipped):
    raw = shipped("co2").raw
    np.testing.assert_allclose(raw.x[0, :3, 0], [316.1, 317.3, 317.6])
    assert raw.y[-1, -1] == 371.5
    assert raw.target_names[0] == "CO2 (ppm) +1"


def test_the_first_and_last_years_of_sunspots_are_the_files(shipped):
    raw = shipped("sunspots").raw
    assert raw.x[0, :3, 0].tolist() == [5, 11, 16]
    assert raw.y[-1, -2:].tolist() == [7.5, 2.9]


def test_half_hours_that_the_file_leaves_out_are_between_their_neighbours(shipped):
    """19,226 rows, one time twice, 1 and 23 left out."""
    data = shipped("sea_temperature")
    assert len(data.raw.x) + 2 * 47 + 192 + 48 - 1 == 19226 - 1 + 1 + 23
    assert data.raw.x[0, :2, 0].tolist() == pytest.approx([4.929, 4.887])
    assert data.raw.y[-1, -1] == 4.316


def test_no_paragraph_is_in_two_topics():
    topics = {"b": "One\n  two.\n\nThree.", "a": "Three.\n\nOne two.", "c": "Three."}
    kept, repeated = distinct_paragraphs(topics)
    assert kept == {"a": "Three.\n\nOne two.", "b": "", "c": ""}
    assert repeated == 3


def test_no_paragraph_of_the_standard_library_is_in_two_parts(shipped):
    """Seen from the windows alone: they are glued together again, topic by topic."""
    text = shipped("stdlib_text")
    parts = text.part_of_each(content_keys(text.raw.x))
    where, topics_of = {}, {}
    for topic in dict.fromkeys(text.raw.groups.tolist()):
        rows = text.raw.groups == topic
        (part,) = set(parts[rows])
        pieces = text.raw.x[rows]
        whole = pieces[0] + "".join(piece[1:] for piece in pieces[1:])
        topics_of.setdefault(part, []).append(topic)
        for paragraph in whole.split("\n\n"):
            where.setdefault(" ".join(paragraph.split()), set()).add(part)
    assert set(topics_of) == {"train", "val", "test"}
    assert all(len(found) == 1 for found in where.values())


def test_the_standard_librarys_text_is_that_of_help(shipped):
    text = shipped("stdlib_text")
    folder = importlib.util.find_spec("pydoc_data").submodule_search_locations[0]
    tree = ast.parse((Path(folder) / "topics.py").read_text(encoding="utf-8"))
    topics = ast.literal_eval(tree.body[-1].value)
    first = text.raw.x[text.raw.groups == "assert"][0]
    assert topics["assert"].startswith(first[:40])
    x, y = text.array("train", "x"), text.array("train", "y")
    assert x.shape[1:] == y.shape[1:] == (128,)
    np.testing.assert_array_equal(x[:, 1:], y[:, :-1])
    seen = sum((text.array(part, "x") == 1).sum() for part in ("train", "val", "test"))
    assert seen < 0.001 * text.raw.x.size * 128, "characters that the vocabulary lacks"


def test_windows_overlap_by_one():
    assert windows("abcdefg", 3) == ["abcd", "defg"]
    assert windows("abcde", 3) == ["abcd", "de"]
    assert windows("a", 3) == windows("", 3) == []


def test_padding_is_after_the_end_and_what_is_too_long_is_cut():
    x, cut = pad([np.ones((1, 2)), np.zeros((3, 2))], 2)
    np.testing.assert_array_equal(x, [[[1, 1], [np.nan, np.nan]], [[0, 0], [0, 0]]])
    assert cut == 1
    assert pad([np.ones((1, 2)), np.zeros((3, 2))])[0].shape == (2, 3, 2)
