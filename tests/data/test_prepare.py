import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from groklab.data.prepare import prepare
from groklab.data.prepared import open_prepared
from groklab.errors import UserError
from tests.data.sets import Scores, Table, random_rows, raw, table

PARTS = ("train", "val", "test")


def opened(folder):
    prepared = open_prepared(folder)
    return {part: prepared.open(part) for part in PARTS}


def test_every_example_is_in_one_part_with_its_own_target(tmp_path):
    rows = random_rows(60)
    prepare(table(rows), tmp_path / "table")
    known = {x.astype("<f4").tobytes(): y for x, y in zip(rows.x, rows.y, strict=True)}
    found = [
        (x.tobytes(), y) for part in opened(tmp_path / "table").values() for x, y in zip(part.x, part.y, strict=True)
    ]
    assert len(found) == 60
    assert dict(found) == known


def test_the_card_describes_what_is_there(tmp_path):
    rows = random_rows(50, class_names=["a", "b"], feature_names=["f", "g", "h"])
    card = prepare(table(rows), tmp_path / "table")
    parts = opened(tmp_path / "table")
    every = np.concatenate([part.x for part in parts.values()])
    assert card.counts == {"train": 30, "val": 10, "test": 10}
    assert card.class_counts == {part: {"a": n // 2, "b": n // 2} for part, n in card.counts.items()}
    assert card.ranges == {"x": [every.min(), every.max()], "y": None}
    assert card.feature_names == ["f", "g", "h"]
    assert (card.cleaning["rows_in"], card.cleaning["rows_out"]) == (50, 50)


def test_statistics_are_of_the_training_part_alone(tmp_path):
    rows = raw(np.random.default_rng(0).normal(size=(50, 2)), np.random.default_rng(1).normal(size=50))
    card = prepare(table(rows, kind=Scores), tmp_path / "table")
    train = opened(tmp_path / "table")["train"]
    for key, values in (("x_mean", train.x), ("y_mean", train.y)):
        np.testing.assert_allclose(card.statistics[key], values.mean(axis=0, dtype=float), rtol=1e-12)
    for key, values in (("x_std", train.x), ("y_std", train.y)):
        np.testing.assert_allclose(card.statistics[key], values.std(axis=0, dtype=float), rtol=1e-12)
    assert card.class_counts is None


def test_the_same_again_is_the_same_to_the_byte(tmp_path):
    for name in ("first", "second"):
        prepare(table(random_rows()), tmp_path / name)
    first, second = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("first", "second")
    )
    assert first == second


def test_names_of_classes_are_their_numbers_where_none_are_given(tmp_path):
    assert prepare(table(random_rows()), tmp_path / "table").class_names == ["0", "1"]


@pytest.mark.parametrize("inside", ["thesis.txt", "card.json.bak"])
def test_a_folder_of_something_else_is_not_replaced(tmp_path, inside):
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / inside).touch()
    with pytest.raises(UserError, match="no prepared data set"):
        prepare(table(random_rows()), tmp_path / "table")
    assert (tmp_path / "table" / inside).exists()


def test_a_folder_of_another_data_set_is_not_replaced(tmp_path):
    prepare(table(random_rows(), name="other"), tmp_path / "table")
    with pytest.raises(UserError, match="holds data set other, not table"):
        prepare(table(random_rows()), tmp_path / "table")


def test_a_refusal_leaves_what_was_there(tmp_path):
    card = prepare(table(random_rows()), tmp_path / "table")
    with pytest.raises(UserError, match=r"class '1' must have .* has 1"):
        prepare(table(raw([[float(n)] for n in range(9)], [0] * 8 + [1])), tmp_path / "table")
    assert open_prepared(tmp_path / "table").card == card


KILLED = """
import sys
from pathlib import Path
from groklab.data.prepare import prepare
from tests.data.sets import random_rows, table
rows = random_rows(60)
print("ready", flush=True)
while True:
    for seed in (1, 2):
        prepare(table(rows, split_seed=seed), Path(sys.argv[1]))
"""


def test_killed_at_any_time_it_leaves_the_old_or_the_new_one(tmp_path):
    folder, chance = tmp_path / "table", random.Random(0)
    cards = [prepare(table(random_rows(60), split_seed=seed), folder) for seed in (1, 2)]
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, env={**os.environ}
        )
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert open_prepared(folder).card in cards
        opened(folder)
    prepare(table(random_rows(60), split_seed=1), folder)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".lock") == ["table"]


class Doubled(Table):
    """Each example gives two once its part is known."""

    def examples(self, part, x, y):
        return np.concatenate([x, x + 1000]), np.concatenate([y, y])


def test_pieces_of_an_example_are_all_in_its_part(tmp_path):
    prepare(table(random_rows(), kind=Doubled, num_outputs=2), tmp_path / "table")
    parts, card = opened(tmp_path / "table"), open_prepared(tmp_path / "table").card
    assert card.counts == {"train": 72, "val": 24, "test": 24}
    for part in parts.values():
        half = len(part.x) // 2
        np.testing.assert_allclose(part.x[half:], part.x[:half] + 1000, rtol=1e-6)
        assert len(set(part.keys.tolist())) == len(part.keys)


class Photographs(Table):
    kind = "super_resolution"

    def examples(self, part, x, y):
        small = [image[:, :2, :2] for image in x]
        whole = np.stack([np.pad(image, ((0, 0), (0, 9 - image.shape[1]), (0, 9 - image.shape[2]))) for image in x])
        return np.stack(small), np.stack([image[:, :4, :4] for image in x]) if part == "train" else whole


def test_photographs_of_any_size_are_split_whole_and_cut_afterwards(tmp_path):
    draw, images = np.random.default_rng(0), np.empty(10, object)
    for number in range(10):
        images[number] = draw.integers(0, 256, (1, 5 + number % 4, 6 + number % 3), np.uint8)
    given = raw(images, np.zeros(10))
    prepare(table(given, kind=Photographs, shape=[1, 2, 2], num_features=4, num_outputs=1), tmp_path / "table")
    parts = opened(tmp_path / "table")
    assert parts["train"].y.shape == (6, 1, 4, 4)
    assert parts["test"].y.shape == (2, 1, 9, 9)
    assert sum(len(part.keys) for part in parts.values()) == 10
