"""Prepared data damaged, duplicated, shuffled, foreign; rare classes (rows 9, 42, 43, 44, 46)."""

import random
import shutil

import numpy as np
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import ensure, open_prepared
from groklab.errors import UserError
from tests.data.sets import Scores, random_rows, raw, table

PARTS = ("train", "val", "test")


def open_all(folder):
    prepared = open_prepared(folder)
    return [prepared.open(part) for part in PARTS]


def test_200_of_200_flipped_bits_are_detected(tmp_path):
    folder, chance = tmp_path / "table", random.Random(0)
    prepare(table(random_rows(40)), folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    detected = 0
    for number in range(200):
        path = files[number % len(files)]
        content = path.read_bytes()
        flipped = bytearray(content)
        flipped[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        with pytest.raises(UserError, match=r"fingerprint differs.*prepare again"):
            open_all(folder)
        detected += 1
        path.write_bytes(content)
    assert detected == 200
    open_all(folder)


@pytest.mark.parametrize("keep", [0, 0.5, 0.999])
def test_a_truncated_array_is_detected(tmp_path, keep):
    prepare(table(random_rows()), tmp_path / "table")
    path = tmp_path / "table" / "train" / "x.npy"
    path.write_bytes(path.read_bytes()[: int(len(path.read_bytes()) * keep)])
    with pytest.raises(UserError, match=r"train/x\.npy: .*fingerprint differs"):
        open_all(tmp_path / "table")


@pytest.mark.parametrize("kind", ["classification", "regression"])
def test_10_copied_rows_are_found_and_none_is_in_two_parts(tmp_path, kind):
    x = np.random.default_rng(0).normal(size=(90, 3))
    y = np.arange(90) % 2 if kind == "classification" else x[:, 0]
    copied = np.random.default_rng(1).permutation(90)[:10]
    rows = raw(np.concatenate([x, x[copied]]), np.concatenate([y, y[copied]]))
    made = table(rows) if kind == "classification" else table(rows, kind=Scores)
    card = prepare(made, tmp_path / "table")
    assert card.cleaning["duplicates_removed"] == 10
    assert any("(10)" in rule for rule in card.cleaning["rules"])
    keys = np.concatenate([part.keys for part in open_all(tmp_path / "table")])
    assert len(keys) == len(set(keys.tolist())) == 90


def test_10_rows_copied_with_another_class_are_found(tmp_path):
    rows = random_rows(90)
    twisted = raw(np.concatenate([rows.x, rows.x[:10]]), np.concatenate([rows.y, 1 - rows.y[:10]]))
    card = prepare(table(twisted), tmp_path / "table")
    assert card.cleaning["conflicting_labels_removed"] == 20
    assert card.cleaning["rows_out"] == 80


@pytest.mark.parametrize("grouped", [False, True])
def test_shuffled_rows_have_the_same_fingerprint(tmp_path, grouped):
    rows = random_rows(80)
    copies = np.concatenate([np.arange(80), np.arange(5)])  # which copy comes first must not matter
    groups = np.array([f"g{number % 20}" for number in range(85)]) if grouped else None
    cards = []
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(85)
        shuffled = raw(rows.x[copies][order], rows.y[copies][order], groups=None if groups is None else groups[order])
        cards.append(prepare(table(shuffled), tmp_path / f"table{seed}"))
    assert cards[0] == cards[1] == cards[2]


def test_byte_order_and_layout_do_not_matter(tmp_path):
    rows = random_rows(60)
    foreign = raw(np.asfortranarray(rows.x.astype(">f8")), rows.y.astype(">i4"))
    cards = [prepare(table(given), tmp_path / name) for name, given in (("here", rows), ("there", foreign))]
    assert cards[0] == cards[1]


def test_arrays_of_another_data_set_are_refused(tmp_path):
    for name, seed in (("table", 0), ("other", 1)):
        prepare(table(random_rows(seed=seed), name=name), tmp_path / name)
    shutil.rmtree(tmp_path / "table" / "train")
    shutil.copytree(tmp_path / "other" / "train", tmp_path / "table" / "train")
    with pytest.raises(UserError, match="fingerprint differs"):
        open_prepared(tmp_path / "table").open("train")


def test_the_folder_of_another_data_set_is_refused(tmp_path):
    prepare(table(random_rows(), name="other"), tmp_path / "table")
    with pytest.raises(UserError, match="fingerprint differs: it holds data set other, not table"):
        ensure(table(random_rows()), tmp_path)


@pytest.mark.parametrize("members", [0, 1, 2])
def test_a_rare_or_absent_class_is_named(tmp_path, members):
    rows = raw([[float(number)] for number in range(30 + members)], [0] * 30 + [1] * members)
    rare = raw(rows.x, rows.y, class_names=["common", "rare"])
    with pytest.raises(UserError, match=f"class 'rare' must have .* has {members};"):
        prepare(table(rare, num_outputs=2), tmp_path / "table")
    assert not (tmp_path / "table").exists()
