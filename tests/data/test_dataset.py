import inspect

import pytest

from groklab.data.dataset import DataSet
from tests.data.sets import Scores, Table, random_rows, table

GOOD = {
    "name": "table",
    "shape": [2, 3],
    "num_features": 6,
    "num_outputs": 2,
    "val_fraction": 0.2,
    "test_fraction": 0.2,
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"num_features": 5}, "num_features=5"),
        ({"shape": []}, "shape"),
        ({"shape": [-2, -3]}, "positive"),
        ({"num_outputs": 0}, "num_outputs=0"),
        ({"val_fraction": 0.0}, "val_fraction=0.0"),
        ({"test_fraction": 1.0}, "test_fraction=1.0"),
        ({"val_fraction": 0.5, "test_fraction": 0.5}, "below 1"),
        ({"name": "../elsewhere"}, "name="),
        ({"name": ".hidden"}, "name="),
        ({"name": "a@b"}, "name="),
    ],
)
def test_a_wrong_argument_is_named(wrong, said):
    with pytest.raises(ValueError, match=said):
        Table(**{**GOOD, **wrong})


def test_a_data_set_without_load_cannot_be_made():
    assert inspect.isabstract(DataSet)
    with pytest.raises(TypeError, match="load"):
        DataSet(**GOOD)


def test_the_digest_depends_on_each_argument_and_on_the_class():
    digests = {Table(**GOOD).config_digest(), Scores(**GOOD).config_digest()}
    for change in (
        {"name": "other"},
        {"shape": [6]},
        {"num_outputs": 3},
        {"val_fraction": 0.1},
        {"split_seed": 1},
    ):
        digests.add(Table(**{**GOOD, **change}).config_digest())
    assert len(digests) == 7


def test_the_digest_does_not_depend_on_the_rows():
    assert table(random_rows(seed=1)).config_digest() == table(random_rows(seed=2)).config_digest()


def test_an_argument_that_is_not_kept_is_named():
    class Forgetful(Table):
        def __init__(self, *, separator: str, **others):
            super().__init__(**others)

    with pytest.raises(TypeError, match="separator"):
        Forgetful(separator=",", **GOOD).config_digest()
