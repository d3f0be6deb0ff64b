from pathlib import Path

import pytest

from groklab.claims.confounds import notes, refuse_hidden_differences, unequal_costs
from groklab.claims.definition import read_claim
from groklab.claims.jobs import Jobs
from groklab.claims.measures import higher_is_better, known_metric, reads_test
from groklab.config.composition import compose_hydra
from groklab.errors import UserError

CLAIMS = sorted(path.stem for path in Path("conf/claim").glob("*.yaml"))
KEYS = {
    "statement": "Wide is better.",
    "section": "layers",
    "arms": {
        "wide": {"overrides": ["architecture.width=64"]},
        "narrow": {"overrides": ["architecture.width=8"]},
    },
    "tune": {"optimizer.lr": [0.001, 0.01, 0.1]},
    "outcomes": [{"metric": "test/accuracy", "expect": "higher", "smallest_effect": 0.01}],
}
OUTCOME = KEYS["outcomes"][0]


def config(**changes):
    """A resolved config, flat enough to compare."""
    base = {"architecture": {"width": 64}, "optimizer": {"lr": 0.001}, "trainer": {"weights": "best"}, "data": {"x": 1}}
    for key, value in changes.items():
        group, _, name = key.partition("__")
        base[group] = {**base[group], name: value}
    return base


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_of_conf_reads_and_its_arms_have_equal_budgets(name):
    keys = dict(compose_hydra(Path("conf"), [f"claim={name}"]).sweeper)
    claim = read_claim({key: value for key, value in _plain(keys).items() if not key.startswith("_")})
    assert len({len(claim.points(arm)) for arm in claim.arms}) == 1
    assert claim.seeds >= 10


def _plain(keys):
    from omegaconf import OmegaConf

    return OmegaConf.to_container(OmegaConf.create(keys), resolve=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seeds": 1}, "hydra.sweeper.seeds: input should be greater than or equal to 2"),
        ({"statement": ""}, "hydra.sweeper.statement"),
        ({"section": "layer"}, "hydra.sweeper.section=layer: Did you mean layers?"),
        ({"arms": {"wide": {}}}, "compares two arms or more"),
        ({"arms": {"a": {"baseline": "x"}, "b": {"baseline": "y"}}}, "at least one has a network"),
        ({"outcomes": []}, "at least one metric"),
        ({"outcomes": [{**OUTCOME, "metric": "accuracy"}]}, "outcomes.0.metric=accuracy: is no metric of a claim"),
        ({"outcomes": [{**OUTCOME, "metric": "steps until val/loss <= low"}]}, "is no metric of a claim"),
        ({"outcomes": [{**OUTCOME, "smallest_effect": 0}]}, "outcomes.0.smallest_effect"),
        ({"outcomes": [{**OUTCOME, "expect": "better"}]}, "outcomes.0.expect"),
        ({"outcomes": [{**OUTCOME, "contrast": {"wide": 1, "narow": -1}}]}, "Did you mean narrow?"),
        ({"outcomes": [{**OUTCOME, "contrast": {"wide": 1, "narrow": -0.5}}]}, "sum to 0.5"),
        ({"chosen_by": "test/accuracy"}, "reads the test part"),
        ({"chosen_by": "gap/cross_entropy"}, "reads the test part"),
        ({"arms": {"wide": {"tune": {"optimizer.lr": [0.1]}}, "narrow": {}}}, "unequal budgets: wide 1, narrow 3"),
        ({"seed": 3}, "hydra.sweeper.seed"),
    ],
)
def test_a_wrong_claim_is_refused_in_one_line(change, told):
    with pytest.raises(UserError) as error:
        read_claim({**KEYS, **change})
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_trials_and_comparison_share_no_seed_and_pair_the_arms():
    claim = read_claim({**KEYS, "pair": ["data.split_seed"]})
    jobs = Jobs(claim, ["claim=x"], first_seed=5)
    trials = jobs.trials()
    fresh = jobs.comparison({"wide": {"optimizer.lr": 0.1}, "narrow": {"optimizer.lr": 0.01}}, first=len(trials))
    assert len(trials) == 2 * 3 * 2
    assert len(fresh) == 2 * 12
    assert {seed for _, _, seed in trials} & {seed for _, seed in fresh} == set()
    assert {seed for arm, seed in fresh if arm == "wide"} == {seed for arm, seed in fresh if arm == "narrow"}
    numbers = [request.number for request in (*trials.values(), *fresh.values())]
    assert numbers == list(range(len(numbers)))
    words = fresh["narrow", 7].overrides
    assert {"architecture.width=8", "optimizer.lr=0.01", "seed=7", "data.split_seed=7", "test=false"} <= set(words)


def test_arms_that_differ_in_what_neither_names_are_refused():
    claim = read_claim(KEYS)
    settings = {"wide": config(), "narrow": config(architecture__width=8)}
    refuse_hidden_differences(claim, settings)
    with pytest.raises(UserError, match=r"differ in data.x \(1 against 2\), which neither names"):
        refuse_hidden_differences(claim, {**settings, "narrow": config(architecture__width=8, data__x=2)})


def test_arms_that_name_what_is_held_equal_are_refused_until_the_claim_says_so():
    arms = {"long": {"overrides": ["trainer.max_epochs=9"]}, "short": {"overrides": ["trainer.max_epochs=3"]}}
    settings = {"long": config(trainer__max_epochs=9), "short": config(trainer__max_epochs=3)}
    with pytest.raises(UserError, match=r"differ in trainer.max_epochs \(9 against 3\), which hydra.sweeper.equal"):
        refuse_hidden_differences(read_claim({**KEYS, "arms": arms}), settings)
    refuse_hidden_differences(read_claim({**KEYS, "arms": arms, "equal": ["data", "trainer.weights"]}), settings)


@pytest.mark.parametrize("word", ["seed=3", "seeds=2", "fold=1"])
def test_arms_with_seeds_of_their_own_are_refused(word):
    claim = read_claim({**KEYS, "arms": {"a": {"overrides": [word]}, "b": {}}})
    with pytest.raises(UserError, match="for pairs of seeds alike"):
        refuse_hidden_differences(claim, {"a": config(), "b": config()})


def test_an_arm_that_is_a_whole_experiment_is_refused():
    claim = read_claim({**KEYS, "arms": {"a": {"overrides": ["experiment=digits_cnn"]}, "b": {}}})
    with pytest.raises(UserError, match="experiment sets what is not seen here"):
        refuse_hidden_differences(claim, {"a": config(), "b": config()})


def test_unequal_steps_are_told():
    claim = read_claim(KEYS)
    costs = {"wide": {2: {"num_steps": 100}, 3: {"num_steps": 90}}, "narrow": {2: {"num_steps": 100}}}
    assert unequal_costs(claim, costs) == ["The arms differ in num_steps: wide 90 to 100, narrow 100."]
    assert unequal_costs(claim, {"wide": costs["narrow"], "narrow": costs["narrow"]}) == []


def test_a_best_value_at_the_end_of_its_range_and_mixed_epochs_are_told():
    outcomes = [OUTCOME, {**OUTCOME, "metric": "last val/accuracy"}]
    claim = read_claim({**KEYS, "outcomes": outcomes})
    chosen = {"wide": {"optimizer.lr": 0.1}, "narrow": {"optimizer.lr": 0.01}}
    told = notes(claim, {"wide": config(), "narrow": config()}, chosen)
    assert told == [
        "The best optimizer.lr of wide, 0.1, is the end of the range that was tried.",
        "last val/accuracy is of the last epoch, test/accuracy of the best one.",
    ]


def test_metrics_know_what_they_read_and_which_way_is_better():
    assert [reads_test(name) for name in ("test/accuracy", "gap/rmse", "val/accuracy", "last val/loss")] == [
        True,
        True,
        False,
        False,
    ]
    assert higher_is_better("val/accuracy")
    assert higher_is_better("val/macro_f1")
    assert not higher_is_better("val/cross_entropy")
    assert not higher_is_better("steps until val/accuracy >= 0.9")
    known_metric("weights below 1e-3", where="here")
    with pytest.raises(UserError, match="here=weights below few"):
        known_metric("weights below few", where="here")
