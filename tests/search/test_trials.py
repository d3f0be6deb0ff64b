"""A study's trials up to a total, whatever was interrupted on the way."""

import optuna
import pytest
from optuna.pruners import MedianPruner
from optuna.trial import TrialState

from groklab.errors import UserError
from groklab.launching.job import Ended
from groklab.outcome import Outcome, Trained
from groklab.search.parts import Samplers
from groklab.search.space import parse_space
from groklab.search.trials import Trials

SPACE = parse_space(["lr=interval(0.0,1.0)", "seed=3"], None)
RANDOM = {"_target_": "optuna.samplers.RandomSampler", "seed": None}


@pytest.fixture
def study():
    return optuna.create_study()


def trials_of(study, n_trials=3, *, objectives=("val/loss",), max_failure_rate=1.0):
    samplers = Samplers(RANDOM, SPACE.distributions, seed=0)
    return Trials(study, SPACE, samplers, objectives=objectives, n_trials=n_trials, max_failure_rate=max_failure_rate)


def ended(request, status="FINISHED", *, value=0.5, error=None):
    return Ended(request.number, status, value=value if status == "FINISHED" else None, error=error)


def run(trials, status="FINISHED", **more):
    """The next trial, and how it ended."""
    request = trials.ask()
    trials.told(request, ended(request, status, **more))
    return request


def states(study):
    return [trial.state.name for trial in study.trials]


def outcome(*losses):
    return Outcome(tuple(Trained(str(n), "", "val/loss", "min", {"val/loss": x}) for n, x in enumerate(losses)))


def test_there_are_as_many_as_were_asked_for(study):
    trials = trials_of(study)
    requests = [trials.ask() for _ in range(3)]
    assert trials.ask() is None  # three run
    for request in requests:
        trials.told(request, ended(request))
    assert trials.ask() is None  # three are over
    assert trials.done == 3


def test_a_request_has_what_is_fixed_and_what_is_varied(study):
    request = trials_of(study).ask()
    assert request.overrides == ("seed=3", *request.varied)
    assert [word.partition("=")[0] for word in request.varied] == ["lr"]


def test_a_killed_trial_is_asked_for_again_with_its_values_and_counts_once(study):
    trials = trials_of(study, 1)
    first = run(trials, "KILLED", error="killed by SIGKILL")
    assert trials.done == 0
    second = run(trials)
    assert (second.varied, second.number) == (first.varied, first.number + 1)
    assert trials.done == 1
    assert trials.ask() is None
    assert states(study) == ["FAIL", "COMPLETE"]


def test_a_trial_that_is_killed_every_time_fails_at_the_third(study):
    trials = trials_of(study, 1)
    for _ in range(3):
        run(trials, "KILLED", error="killed by SIGKILL")
    assert trials.ask() is None
    assert trials.done == 1


@pytest.mark.parametrize("status", ["FAILED", "PRUNED"])
def test_what_fails_by_itself_or_is_pruned_counts(study, status):
    trials = trials_of(study, 2)
    run(trials, status, error="why")
    run(trials)
    assert trials.ask() is None
    assert trials.done == 2


def test_five_that_fail_alike_but_for_numbers_stop_the_search(study):
    trials = trials_of(study, 20)
    for step in range(4):
        run(trials, "FAILED", error=f"the loss became nan at step {step} with lr={step / 8:g}")
    with pytest.raises(UserError, match=r"^the first 5 trials failed alike: the loss became nan at step 9"):
        run(trials, "FAILED", error="the loss became nan at step 9 with lr=1e+20")


def test_failures_after_a_success_do_not_stop_it(study):
    trials = trials_of(study, 20)
    run(trials)
    for _ in range(6):
        run(trials, "FAILED", error="why")
    assert trials.done == 7


def test_failures_that_differ_do_not_stop_it(study):
    trials = trials_of(study, 20)
    for name in "abcdef":
        run(trials, "FAILED", error=name)
    assert trials.done == 6


def test_more_failures_than_allowed_stop_it(study):
    trials = trials_of(study, 10, max_failure_rate=0.2)
    run(trials)
    for name in "ab":
        run(trials, "FAILED", error=name)
    with pytest.raises(UserError, match=r"^hydra.sweeper.max_failure_rate=0.2: 3 of 10 trials failed, the last one: c"):
        run(trials, "FAILED", error="c")


def test_the_number_is_a_total_over_all_that_opened_the_study(study):
    first = trials_of(study, 2)
    run(first)
    run(first, "FAILED", error="why")
    again = trials_of(study, 3)
    assert again.done == 2
    run(again)
    assert again.ask() is None
    assert trials_of(study, 3).ask() is None


def test_what_ran_when_the_search_was_killed_is_asked_for_first_with_its_values(study):
    lost = [trials_of(study, 1).ask()]
    again = trials_of(study, 2)
    assert states(study) == ["FAIL", "WAITING"]
    found = run(again)
    assert found.varied == lost[0].varied
    run(again)
    assert again.ask() is None
    assert states(study) == ["FAIL", "COMPLETE", "COMPLETE"]


def test_a_search_may_be_killed_any_number_of_times(study):
    words = {trials_of(study, 1).ask().varied for _ in range(6)}
    assert len(words) == 1
    last = trials_of(study, 1)
    run(last)
    assert last.done == 1
    assert states(study).count("COMPLETE") == 1


def test_interrupted_or_not_the_same_values_are_proposed(study):
    whole = trials_of(study, 4)
    expected = [run(whole).varied for _ in range(4)]
    other = optuna.create_study()
    found = [run(trials_of(other, 4)).varied for _ in range(4)]
    assert found == expected


def test_a_retry_takes_no_turn_of_the_sampler(study):
    expected = optuna.create_study()
    trials = trials_of(expected, 3)
    undisturbed = [run(trials).varied for _ in range(3)]
    trials = trials_of(study, 3)
    run(trials, "KILLED", error="killed by SIGKILL")
    assert [run(trials).varied for _ in range(3)] == undisturbed


def test_several_seeds_count_by_their_mean(study):
    run(trials_of(study), value=outcome(0.25, 0.75))
    (trial,) = study.trials
    assert trial.value == 0.5
    assert trial.user_attrs["each"] == [[0.25], [0.75]]


def test_an_objective_that_is_not_measured_is_refused_with_those_that_are(study):
    trials = trials_of(study, objectives=("val/acuracy",))
    with pytest.raises(UserError, match=r"^hydra.sweeper.objective: val/acuracy is not measured; choose of val/loss"):
        run(trials, value=outcome(0.25))


def test_the_pruner_hears_values_and_says_when_it_has_seen_enough():
    study = optuna.create_study(pruner=MedianPruner(n_startup_trials=1))
    trials = trials_of(study)
    good = trials.ask()
    assert good.report(0, 0.1) is False
    trials.told(good, ended(good))
    bad = trials.ask()
    assert bad.report(0, 0.9) is True
    trials.told(bad, ended(bad, "PRUNED", error="pruned"))
    assert study.trials[1].state == TrialState.PRUNED


def test_of_several_objectives_nothing_is_pruned():
    study = optuna.create_study(directions=["minimize", "minimize"])
    assert trials_of(study, objectives=("val/loss", "cost/num_parameters")).ask().report is None


@pytest.mark.parametrize(("direction", "best"), [("minimize", 0.25), ("maximize", 0.75)])
def test_the_best_is_the_best_in_its_direction(direction, best):
    trials = trials_of(optuna.create_study(direction=direction))
    assert trials.best_trial is None
    for value in (0.5, 0.25, 0.75):
        run(trials, value=value)
    assert trials.best_trial.value == best
    assert trials.best.startswith(f"best val/loss {best}")
