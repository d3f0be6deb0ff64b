"""The winner on fresh seeds, and by how much the search flattered it."""

import optuna
import pytest

from groklab.launching.job import Ended
from groklab.search.confirmation import Confirmation
from groklab.search.parts import Samplers
from groklab.search.space import parse_space
from groklab.search.trials import Trials

RANDOM = {"_target_": "optuna.samplers.RandomSampler", "seed": None}


def confirmed(*fresh, direction="minimize", found=0.2, words=("seed=0",), settings=None):
    """A search of one trial whose value was ``found``, confirmed by ``fresh`` values; None is a failure."""
    space = parse_space(["experiment=e", *words, "lr=interval(0.0,1.0)"], None)
    study, samplers = optuna.create_study(direction=direction), Samplers(RANDOM, space.distributions, seed=0)
    trials = Trials(study, space, samplers, objectives=["val/x"], n_trials=1, max_failure_rate=1.0)
    request = trials.ask()
    trials.told(request, Ended(request.number, "FINISHED", value=found))
    confirmation = Confirmation(trials, settings or {"seed": 0, "seeds": 1}, number=len(fresh))
    asked = []
    for value in fresh:
        asked.append(confirmation.ask())
        status = "FAILED" if value is None else "FINISHED"
        confirmation.told(asked[-1], Ended(asked[-1].number, status, value=value, error="why"))
    assert confirmation.ask() is None
    return confirmation, asked, request


@pytest.mark.parametrize(
    ("settings", "words", "seeds"),
    [
        ({"seed": 0, "seeds": 1}, ("seed=0",), ["seed=1", "seed=2"]),
        ({"seed": 4, "seeds": 3}, ("seed=4", "seeds=3"), ["seed=7", "seed=8"]),
        ({"seed": [2, 9], "seeds": 1}, ("seed=2,9",), ["seed=10", "seed=11"]),
    ],
)
def test_seeds_are_fresh_and_the_rest_is_the_winner_s(settings, words, seeds):
    _, asked, won = confirmed(0.3, 0.5, settings=settings, words=words)
    assert [request.overrides for request in asked] == [("experiment=e", *won.varied, seed) for seed in seeds]
    assert len({request.folder for request in asked}) == 2


@pytest.mark.parametrize(
    ("direction", "found", "fresh"), [("minimize", 0.2, (0.3, 0.5)), ("maximize", 0.8, (0.7, 0.5))]
)
def test_the_gap_is_positive_where_the_search_had_it_better(direction, found, fresh):
    confirmation, *_ = confirmed(*fresh, direction=direction, found=found)
    assert confirmation.gap == pytest.approx(0.2)


def test_and_negative_where_the_fresh_seeds_have():
    assert confirmed(0.1, 0.1)[0].gap == pytest.approx(-0.1)


def test_the_interval_is_student_s():
    """Of 1, 2, 3: mean 2, s = 1, t(0.975, 2) = 4.303, so 2 +- 4.303 / sqrt(3)."""
    confirmation, *_ = confirmed(1.0, 2.0, 3.0)
    assert confirmation.mean == 2
    assert confirmation.interval == pytest.approx((2 - 2.484, 2 + 2.484), abs=1e-3)


def test_one_value_has_no_interval():
    confirmation, *_ = confirmed(0.25)
    assert confirmation.interval is None
    assert str(confirmation) == "trial 0: val/x 0.2 in the search, 0.25 on 1 fresh seeds; optimism gap 0.05"


def test_a_seed_that_fails_is_left_out():
    assert confirmed(0.5, None)[0].values == [0.5]


def test_nothing_is_said_of_a_winner_whose_fresh_seeds_all_fail():
    assert str(confirmed(None, None)[0]) == "trial 0 could not be confirmed: every fresh seed failed"
