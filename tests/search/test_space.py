"""A search space, from Hydra's grammar to Optuna's distributions."""

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from groklab.errors import UserError
from groklab.search.space import parse_space


def only(word):
    (item,) = parse_space([word], None).distributions.values()
    return item


@pytest.mark.parametrize(
    ("word", "item"),
    [
        ("k=choice(a,b)", CategoricalDistribution(["a", "b"])),
        ("k=2,2.5,true", CategoricalDistribution([2, 2.5, True])),
        ("k=int(interval(1,8))", IntDistribution(1, 8)),  # both ends are in
        ("k=interval(1,8)", FloatDistribution(1.0, 8.0)),
        ("k=interval(0,0.5)", FloatDistribution(0.0, 0.5)),
        ("k=tag(log, interval(1e-4, 1e-1))", FloatDistribution(1e-4, 1e-1, log=True)),
        ("k=tag(log, int(interval(1, 64)))", IntDistribution(1, 64, log=True)),
        ("k=range(1,5)", IntDistribution(1, 4)),  # the end is out, as everywhere in Hydra
        ("k=range(0,10,3)", IntDistribution(0, 9, step=3)),
        ("k=range(0,1,0.25)", FloatDistribution(0.0, 0.75, step=0.25)),
        ("k=range(5,1,-2)", IntDistribution(3, 5, step=2)),
        ("k=shuffle(range(0,3))", CategoricalDistribution([0, 1, 2])),
        ("k=range(3,4)", CategoricalDistribution([3])),
    ],
)
def test_a_word_has_its_distribution(word, item):
    found = only(word)
    if word.startswith("k=shuffle"):
        assert sorted(found.choices) == list(item.choices)
    else:
        assert found == item


def test_a_choice_goes_back_to_the_command_line_as_it_came():
    space = parse_space(["k=[l1,l2],'two words',x"], None)
    assert [space.overrides({"k": choice}) for choice in space.distributions["k"].choices] == [
        ("k=[l1,l2]",),
        ("k='two words'",),
        ("k=x",),
    ]


def test_a_key_that_the_config_lacks_keeps_its_plus():
    space = parse_space(["+optimizer.eps=interval(0.1,0.5)"], None)
    assert space.overrides({"optimizer.eps": 0.25}) == ("+optimizer.eps=0.25",)


@pytest.mark.parametrize(
    ("word", "fixed"),
    [("seed=range(3)", "seed=[0,1,2]"), ("seed=4,7", "seed=[4,7]"), ("fold=range(0,5)", "fold=[0,1,2,3,4]")],
)
def test_seeds_and_folds_are_repeats_and_not_a_choice(word, fixed):
    space = parse_space([word, "lr=interval(0,1)"], None)
    assert list(space.distributions) == ["lr"]
    assert space.fixed == (fixed,)


def test_what_has_one_value_is_fixed():
    assert parse_space(["seed=3", "~x", "lr=interval(0,1)"], None).fixed == ("seed=3", "~x")


def test_a_later_word_wins():
    assert parse_space(["lr=interval(0,1)", "d=1,2", "lr=0.5"], None).fixed == ("lr=0.5",)
    assert only("lr=0.5,0.7") == parse_space(["lr=0.1", "lr=0.5,0.7"], None).distributions["lr"]


def test_the_outline_has_each_choice_and_each_end_once():
    space = parse_space(["a=x,y,z", "b=interval(1,3)"], None)
    assert space.corner == {"a": "x", "b": 1}
    assert space.outline() == [
        {"a": "x", "b": 1},
        {"a": "y", "b": 1},
        {"a": "z", "b": 1},
        {"a": "x", "b": 3},
    ]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("lr=0.1", "nothing to search; choose search=NAME"),
        ("lr=interval(1,0)", "the interval should go from a number to a larger one"),
        ("lr=interval(1,1)", "the interval should go from a number to a larger one"),
        ("lr=tag(log,interval(0,1))", "the interval should go from above 0 to a larger number"),
        ("lr=range(5,1)", "the range is empty"),
        ("data=glob(*)", "a search takes choice, range and interval"),
    ],
)
def test_what_spans_nothing_is_refused(word, why):
    with pytest.raises(UserError, match=f"^command line: .*{why}"):
        parse_space([word], None)
