import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groklab.data.folds import Fold, fold_parts
from groklab.data.prepare import write
from groklab.data.prepared import ensure, open_prepared
from groklab.data.split import split
from groklab.errors import UserError

from .sets import Scores, raw, table


def keys_of(num):
    return np.array([hashlib.sha256(str(number).encode()).hexdigest() for number in range(num)], "S64")


def folds_of(keys, labels, num_folds, *, groups=None, test_fraction=0.2, seed=0):
    names = [str(number) for number in range(1 if labels is None else int(labels.max()) + 1)]
    known = {"class_names": names, "groups": groups, "seed": seed, "where": "data d"}
    parts = split(keys, labels, val_fraction=0.2, test_fraction=test_fraction, **known)
    return parts, [fold_parts(parts, Fold(number, num_folds), keys, labels, **known) for number in range(num_folds)]


@given(st.lists(st.integers(10, 40), min_size=1, max_size=4), st.integers(2, 6), st.integers(0, 3))
def test_folds_are_disjoint_cover_all_but_the_test_and_are_of_a_size(sizes, num_folds, seed):
    labels = np.repeat(np.arange(len(sizes)), sizes)
    parts, folds = folds_of(keys_of(len(labels)), labels, num_folds, seed=seed)
    pool = sorted(np.concatenate([parts["train"], parts["val"]]).tolist())
    assert sorted(np.concatenate([fold["val"] for fold in folds]).tolist()) == pool
    for fold in folds:
        assert sorted(np.concatenate([fold["train"], fold["val"]]).tolist()) == pool
        np.testing.assert_array_equal(fold["test"], parts["test"])
    counts = np.array([np.bincount(labels[fold["val"]], minlength=len(sizes)) for fold in folds])
    assert (np.ptp(counts, axis=0) <= 1).all()
    assert np.ptp(counts.sum(axis=1)) <= 1


def test_the_fold_of_an_example_depends_on_its_content_and_the_seed_not_on_its_row():
    keys, labels = keys_of(60), np.repeat([0, 1], 30)
    order = np.random.default_rng(0).permutation(60)

    def held(keys, labels, seed):
        return [set(keys[fold["val"]].tolist()) for fold in folds_of(keys, labels, 5, seed=seed)[1]]

    assert held(keys, labels, 0) == held(keys[order], labels[order], 0)
    assert held(keys, labels, 0) != held(keys, labels, 1)


def test_groups_stay_together():
    keys, labels = keys_of(120), np.tile([0, 1], 60)
    groups = np.arange(120) // 6
    _, folds = folds_of(keys, labels, 4, groups=groups)
    for fold in folds:
        assert not set(groups[fold["val"]]) & set(groups[fold["train"]])
        assert set(labels[fold["val"]]) == {0, 1}
    assert sorted(len(fold["val"]) for fold in folds) == [24, 24, 24, 24]


def test_a_class_too_small_for_the_folds_is_named():
    labels = np.repeat([0, 1], [30, 4])
    with pytest.raises(UserError, match=r"data d: class '1' must have at least 4 examples .* has 3; lower folds"):
        folds_of(keys_of(34), labels, 4)


def scores(size=20):
    draw = np.random.default_rng(3)
    return table(raw(draw.normal(size=(size, 2)), draw.normal(size=(size, 1))), kind=Scores)


def test_a_prepared_fold_has_statistics_of_its_own_training_part(tmp_path):
    dataset = scores()
    whole, *folds = (ensure(dataset, tmp_path, fold) for fold in (None, Fold(0, 4), Fold(1, 4)))
    for prepared in folds:
        train, val = prepared.open("train"), prepared.open("val")
        np.testing.assert_allclose(prepared.card.statistics["x_mean"], train.x.mean(axis=0), rtol=1e-5)
        np.testing.assert_allclose(prepared.card.statistics["y_std"], train.y.std(axis=0), rtol=1e-5)
        np.testing.assert_array_equal(prepared.open("test").keys, whole.open("test").keys)
        assert (len(train.x), len(val.x)) == (12, 4)
    assert len({prepared.card.fingerprint for prepared in (whole, *folds)}) == 3
    assert folds[1].card.split["fold"] == 1
    assert folds[1].folder.name == f"{whole.folder.name}-fold1of4"
    assert ensure(dataset, tmp_path, Fold(1, 4)).card == open_prepared(folds[1].folder).card


def test_data_that_cannot_be_dealt_anew_are_refused_in_one_line(tmp_path):
    dataset = scores()
    dataset.why_no_folds = lambda raw: "its rows follow each other"
    reason = "data table: fold=1 of folds=5: its rows follow each other, so it has no folds; leave fold=null"
    with pytest.raises(UserError, match=reason):
        write(dataset, tmp_path / "table", fold=Fold(1, 5))
    assert not (tmp_path / "table").exists()
