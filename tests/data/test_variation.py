"""Less to train on, wrong labels, pixels out of place: what changes, and what does not."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from groklab.assembly import input_scale
from groklab.data.folds import Fold
from groklab.data.label_noise import with_noise
from groklab.data.pixel_order import pixel_order, reordered
from groklab.data.prepare import prepare, write
from groklab.data.prepared import open_prepared
from groklab.data.series import Series, SeriesData
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.training.export import traced
from tests.data.sets import Scores, Table, random_rows, raw, table

PARTS = ("train", "val", "test")


def images(num=60, *, classes=3, seed=0):
    x = np.random.default_rng(seed).integers(0, 256, (num, 2, 3, 4), np.uint8)
    return raw(x, np.arange(num) % classes)


def opened(folder, rows, *, fold=None, **variation):
    card = write(table(rows, **variation), folder, fold=fold)
    prepared = open_prepared(folder)
    return card, {part: prepared.open(part) for part in PARTS}


def same(one, other):
    return all((getattr(one, name) == getattr(other, name)).all() for name in ("x", "y", "keys"))


@pytest.mark.parametrize(
    "variation", [{"train_fraction": 0.25}, {"label_noise": 0.5}, {"shuffle_pixels": True}], ids=str
)
@pytest.mark.parametrize("fold", [None, Fold(1, 4)], ids=str)
def test_validation_and_test_part_stay_as_they_are(tmp_path, variation, fold):
    _, plain = opened(tmp_path / "table", images(), fold=fold)
    _, varied = opened(tmp_path / "table", images(), fold=fold, **variation)
    assert all(same(plain[part], varied[part]) for part in ("val", "test"))


@pytest.mark.parametrize("fold", [None, Fold(1, 4)], ids=str)
def test_the_share_is_of_the_training_part_and_the_card_says_how_many(tmp_path, fold):
    card, plain = opened(tmp_path / "table", images(), fold=fold)
    varied_card, varied = opened(tmp_path / "table", images(), fold=fold, train_fraction=0.5)
    assert set(varied["train"].keys.tolist()) < set(plain["train"].keys.tolist())
    assert varied_card.counts == {**card.counts, "train": 18}
    assert set(varied_card.class_counts["train"].values()) == {6}
    said = "Of the 36 examples to train on, train_fraction=0.5 keeps 18, each class in its proportion."
    assert varied_card.cleaning["rules"] == [*card.cleaning["rules"], said]
    assert varied_card.statistics["x_mean"] == pytest.approx(varied["train"].x.mean((0, 2, 3))[:, None, None])


def test_groups_of_the_training_part_are_kept_or_left_out_whole(tmp_path):
    groups = np.array([f"g{number % 20}" for number in range(80)])
    rows = random_rows(80, groups=groups)
    of = {x.astype("<f4").tobytes(): group for x, group in zip(rows.x, groups.tolist(), strict=True)}
    card, parts = opened(tmp_path / "table", rows, train_fraction=0.5)
    _, plain = opened(tmp_path / "whole", rows)
    count = {name: [of[x.tobytes()] for x in part["train"].x] for name, part in (("kept", parts), ("all", plain))}
    assert {count["kept"].count(group) for group in count["kept"]} == {4}
    assert len(count["kept"]) == len(count["all"]) / 2
    assert card.cleaning["rules"][-1].endswith("each class in its proportion, groups whole.")


def test_nothing_is_said_and_nothing_changes_where_nothing_is_asked(tmp_path):
    cards = [
        prepare(table(images(), **asked), tmp_path / "table")
        for asked in ({}, {"train_fraction": 1.0, "label_noise": 0.0, "shuffle_pixels": False})
    ]
    assert cards[0] == cards[1]
    assert set(cards[0].statistics) == {"x_mean", "x_std", "y_mean", "y_std"}


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.99])
def test_exactly_the_rounded_share_of_the_training_labels_is_wrong(tmp_path, share):
    card, plain = opened(tmp_path / "table", images(200))
    noisy_card, noisy = opened(tmp_path / "table", images(200), label_noise=share)
    number = round(share * card.counts["train"])
    assert (noisy["train"].keys == plain["train"].keys).all()
    assert (noisy["train"].x == plain["train"].x).all()
    assert int((noisy["train"].y != plain["train"].y).sum()) == number
    assert noisy["train"].y.dtype == plain["train"].y.dtype
    said = f"Of the 120 labels to train on, label_noise={share} replaces {number} by another class each."
    assert noisy_card.cleaning["rules"] == [*card.cleaning["rules"], said]
    assert noisy_card.class_counts["train"] == {
        name: int((noisy["train"].y == row).sum()) for row, name in enumerate("012")
    }


def test_wrong_classes_are_drawn_uniformly_and_more_noise_keeps_what_less_has_changed():
    keys = np.array([f"{number:064x}" for number in range(6000)], "S64")
    labels = np.arange(6000) % 4
    less, more = (with_noise(labels, keys, share=share, num_classes=4, seed=0) for share in (0.2, 0.5))
    changed = less != labels
    assert (more[changed] == less[changed]).all()
    steps = np.bincount((more - labels) % 4, minlength=4)
    assert steps[0] == 3000
    assert np.abs(steps[1:] - 1000).max() < 5 * np.sqrt(3000 * 2 / 9)
    assert (with_noise(labels, keys, share=0.2, num_classes=4, seed=1) != less).any()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_order_of_pixels_is_a_bijection_that_the_seed_draws(seed):
    order = pixel_order(784, seed=seed)
    assert sorted(order.tolist()) == list(range(784))
    assert (order == np.arange(784)).sum() < 10
    assert (order != pixel_order(784, seed=1 - seed)).any()


def test_networks_see_every_image_and_channel_in_the_same_order(tmp_path):
    plain_card, plain = opened(tmp_path / "table", images())
    card, varied = opened(tmp_path / "table", images(), shuffle_pixels=True)
    order = card.statistics["pixel_order"]
    assert order == pixel_order(12, seed=0).tolist()
    assert all(same(plain[part], varied[part]) for part in PARTS)  # stored as they are
    assert card.fingerprint != plain_card.fingerprint
    assert "The 3 x 4 pixels of every image come in one random order" in card.cleaning["rules"][-1]
    for part in PARTS:
        x = torch.from_numpy(np.array(plain[part].x))
        seen, straight = input_scale(card)(x), input_scale(plain_card)(x)
        for position, source in enumerate(order):
            assert (seen[:, :, position // 4, position % 4] == straight[:, :, source // 4, source % 4]).all()
        assert (seen.numpy() == reordered(straight.numpy(), order)).all()


def test_the_order_goes_into_the_exported_network(tmp_path):
    card, parts = opened(tmp_path / "table", images(), shuffle_pixels=True)
    scale, x = input_scale(card), torch.from_numpy(np.array(parts["test"].x)).float()
    assert (traced(scale.eval(), x).module()(x[:5]) == scale(x[:5])).all()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            table(random_rows(), kind=Scores, label_noise=0.1),
            "label_noise=0.1 takes labels of two classes, and regression",
        ),
        (
            table(random_rows(classes=1), label_noise=0.1),
            "label_noise=0.1 takes labels of two classes, and there is but one",
        ),
        (table(random_rows(), shuffle_pixels=True), r"shuffle_pixels=True takes images .* examples of shape \[3\]"),
        (table(random_rows(), train_fraction=0.01), "train_fraction=0.01 leaves no example of class"),
    ],
    ids=lambda value: None if isinstance(value, Table) else value[:20],
)
def test_what_makes_no_sense_is_refused_in_one_line(tmp_path, made, said):
    with pytest.raises(UserError, match=f"^data table: {said}") as refused:
        prepare(made, tmp_path / "table")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "table").exists()


def test_boxes_are_tied_to_their_places(tmp_path):
    from groklab.data.varied import shuffled_pixels

    dataset = SimpleNamespace(shuffle_pixels=True, kind="detection", name="street", split_seed=0)
    with pytest.raises(UserError, match=r"data street: shuffle_pixels=True takes .* these are images for detection"):
        shuffled_pixels(dataset, np.zeros((2, 1, 3, 3)))


class Weeks(SeriesData):
    licence, citation = "CC0-1.0", "made for a test"

    def series(self):
        return Series(np.arange(100.0)[:, None], ["value"], "a test", "0" * 64)


@pytest.mark.parametrize("horizon", [1, 3])
def test_of_a_series_the_latest_windows_are_kept(tmp_path, horizon):
    found = {}
    for share in (0.25, 0.5, 1.0):
        weeks = Weeks(
            name="weeks",
            shape=[5, 1],
            num_features=5,
            num_outputs=horizon,
            window=5,
            horizon=horizon,
            val_fraction=0.2,
            test_fraction=0.2,
            train_fraction=share,
        )
        card = prepare(weeks, tmp_path / "weeks")
        found[share] = {part: sorted(open_prepared(tmp_path / "weeks").open(part).y[:, 0].tolist()) for part in PARTS}
        num = 56 - horizon  # first steps from 5 to 60 - horizon
        kept = round(share * num)
        assert found[share]["train"] == list(range(61 - horizon - kept, 61 - horizon))
        said = f"Of the {num} windows to train on, train_fraction={share} keeps the latest {kept}."
        assert (said in card.cleaning["rules"]) == (share < 1)
    assert all(found[share][part] == found[1.0][part] for share in found for part in ("val", "test"))


@pytest.mark.parametrize(
    "wrong", [{"train_fraction": 0.0}, {"train_fraction": 1.1}, {"label_noise": -0.1}, {"label_noise": 1.0}], ids=str
)
def test_a_share_out_of_its_range_is_named(wrong):
    ((key, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{key}={value}"):
        table(random_rows(), **wrong)


def test_each_part_of_the_variation_is_part_of_the_digest():
    changes = [{}, {"train_fraction": 0.5}, {"label_noise": 0.1}, {"shuffle_pixels": True}]
    assert {*Variation.__annotations__} == {key for change in changes for key in change}
    assert len({table(random_rows(), **change).config_digest() for change in changes}) == 4
