"""Samplers and pruners by name."""

import optuna
import pytest
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler

import hydra_plugins.groklab.optuna_sweeper  # noqa: F401 - it fills the store
from groklab.errors import UserError
from groklab.search.parts import Samplers, build_pruner, points
from groklab.search.space import parse_space

SPACE = parse_space(["lr=range(0,1,0.25)", "depth=range(1,4)", "kind=a,b"], None)
STORE = ConfigStore.instance()


def names(group):
    return [name.removesuffix(".yaml") for name in STORE.list(f"hydra/sweeper/{group}")]


def node(group, name):
    return OmegaConf.to_container(STORE.load(f"hydra/sweeper/{group}/{name}.yaml").node)


def drawn(samplers, number):
    study = optuna.create_study()
    found = []
    for turn in range(number):
        study.sampler = samplers.sampler(turn)
        trial = study.ask(SPACE.distributions)
        study.tell(trial, float(turn))
        found.append(trial.params)
    return found


@pytest.mark.parametrize("name", names("sampler"))
def test_every_sampler_proposes_values_of_the_space(name):
    samplers = Samplers(node("sampler", name), SPACE.distributions, seed=0)
    assert isinstance(samplers.sampler(0), BaseSampler)
    for params in drawn(samplers, 2):
        assert params.keys() == SPACE.distributions.keys()


@pytest.mark.parametrize("name", names("pruner"))
def test_every_pruner_is_made(name):
    assert isinstance(build_pruner(node("pruner", name)), BasePruner)


@pytest.mark.parametrize("name", ["tpe", "random", "qmc"])
def test_proposals_are_a_function_of_the_seed(name):
    first, same, other = (drawn(Samplers(node("sampler", name), SPACE.distributions, seed=s), 4) for s in (1, 1, 2))
    assert first == same
    assert first != other


def test_a_seed_of_the_sampler_s_own_comes_before_the_config_s():
    own = {**node("sampler", "random"), "seed": 5}
    first, second = (drawn(Samplers(own, SPACE.distributions, seed=seed), 3) for seed in (1, 2))
    assert first == second


def test_a_grid_has_every_point_once():
    samplers = Samplers(node("sampler", "grid"), SPACE.distributions, seed=0)
    assert samplers.num_points == 4 * 3 * 2
    found = [tuple(params.items()) for params in drawn(samplers, samplers.num_points)]
    assert len(set(found)) == samplers.num_points


def test_other_samplers_never_run_out():
    assert Samplers(node("sampler", "tpe"), SPACE.distributions, seed=0).num_points is None


def test_points_of_a_range_are_its_values():
    assert points("lr", SPACE.distributions["lr"]) == [0.0, 0.25, 0.5, 0.75]
    assert points("depth", SPACE.distributions["depth"]) == [1, 2, 3]


def test_an_interval_has_no_end_of_points():
    with pytest.raises(UserError, match=r"hydra.sweeper.params.k: a grid needs single values"):
        points("k", parse_space(["k=interval(0.0,1.0)"], None).distributions["k"])


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (None, r"^hydra.sweeper.sampler: is no part; choose one with hydra/sweeper/sampler=NAME"),
        ({"_target_": "optuna.samplers.TPESampler", "n_startup_trails": 3}, r"Did you mean .*n_startup_trials"),
        (
            {"_target_": "optuna.samplers.TPESampler", "n_startup_trials": "x"},
            r"^hydra.sweeper.sampler.n_startup_trials='x'",
        ),
        ({"_target_": "optuna.pruners.MedianPruner"}, "MedianPruner"),
        ({"_target_": "os.system"}, r"os\.system"),
    ],
)
def test_what_is_no_sampler_is_refused(part, why):
    with pytest.raises(UserError, match=why):
        Samplers(part, SPACE.distributions, seed=0)
