"""Claims and atlases from the command line to the verdict."""

import json

import pytest

from tests.programs import finish, train

pytestmark = pytest.mark.slow
SMALL = ("data.val_fraction=0.3", "data.test_fraction=0.4", "tracking=none", "hydra.sweeper.seeds=6")
SAME = """
# @package _global_
# Two arms that are one.
defaults:
  - /experiment/digits_mlp
  - /referee
  - override /regularizer: [none]
  - _self_
name: same
architecture: {width: 8, depth: 1}
trainer: {max_epochs: 2}
hydra:
  sweeper:
    statement: A network is better than itself.
    section: layers
    arms:
      first: {}
      second: {}
    tune: {optimizer.lr: [0.003, 0.01]}
    tune_seeds: 1
    seeds: 6
    outcomes:
      - {metric: test/accuracy, expect: higher, smallest_effect: 0.01}
"""


def decided(folder, *words, env=None):
    """A claim's record, and what was said on standard error."""
    status, out, err = finish(train(folder, "-m", *words, env=env), timeout=300)
    assert status == 0, err
    assert out.splitlines()[-1].split()[:1] == ["claim"]
    return json.loads((folder / out.split()[-1]).read_text()), out, err


def test_a_claim_is_decided_published_and_found_again(tmp_path):
    words = ("claim=hidden_layer_helps", *SMALL, "data=digits", "trainer.max_epochs=4", "publish=true")
    record, out, err = decided(tmp_path, *words)
    (outcome,) = record["outcomes"]
    runs = [run for arm in outcome["arms"].values() for run in arm["runs"]]
    assert len(runs) == len(set(runs)) == 12
    assert record["seeds"] == [2, 3, 4, 5, 6, 7]
    assert record["cost"]["runs"] == 2 * 4 * 2 + 12
    assert json.loads((tmp_path / "evidence" / "hidden_layer_helps.json").read_text()) == record
    for run, value in zip(outcome["arms"]["hidden"]["runs"], outcome["arms"]["hidden"]["values"], strict=True):
        metrics = json.loads((tmp_path / "runs" / run / "metrics.json").read_text())
        assert metrics["split"] == "val"  # the test part is looked at by the referee alone
        assert 0 < value <= 1
    again, _, said = decided(tmp_path, *words)
    assert again["outcomes"] == record["outcomes"]
    assert "it was finished before" in said
    status, out, err = finish(train(tmp_path, name="verdicts"))
    assert (status, out) == (0, out), err
    verdict = json.loads((tmp_path / "claims" / "hidden_layer_helps.json").read_text())
    assert verdict["verdict"] in out


def test_a_claim_of_ones_own_whose_arms_are_the_same_shows_nothing(tmp_path):
    (tmp_path / "conf" / "claim").mkdir(parents=True)
    (tmp_path / "conf" / "claim" / "same.yaml").write_text(SAME)
    record, _, err = decided(tmp_path, "claim=same", "tracking=none", f"hydra.searchpath=[file://{tmp_path}/conf]")
    (outcome,) = record["outcomes"]
    assert outcome["arms"]["first"]["values"] == outcome["arms"]["second"]["values"]
    assert "not shown" in err


def test_a_baseline_is_an_arm_for_which_nothing_is_trained(tmp_path):
    words = ("claim=network_beats_tree_table", "hydra.sweeper.seeds=4", "trainer.max_epochs=4", "tracking=none")
    record, _, _ = decided(tmp_path, *words)
    (outcome,) = record["outcomes"]
    assert outcome["arms"]["decision_tree"]["runs"] == []
    assert len(set(outcome["arms"]["decision_tree"]["values"])) > 1  # each seed splits the data anew
    assert any("splits the data anew" in flag for flag in record["flags"])


def test_runs_that_fail_leave_their_pairs_out_and_are_told(tmp_path):
    words = ("claim=large_rate_overshoots", *SMALL, "data=digits", "trainer.max_epochs=2", "trainer.batch_size=8")
    arms = '{large:{overrides:["optimizer.lr=1e30"]},moderate:{overrides:["optimizer.lr=0.1"]}}'
    record, _, err = decided(tmp_path, *words, f"hydra.sweeper.arms={arms}")
    assert "6 of 6 runs of large failed; their pairs are left out." in record["flags"]
    assert "not shown" in err


def test_preview_of_a_claim_launches_nothing(tmp_path):
    status, out, err = finish(train(tmp_path, "-m", "claim=hidden_layer_helps", *SMALL, "data=digits", "preview=true"))
    assert status == 0, err
    assert "28 jobs, 0 of them finished" in out
    assert not (tmp_path / "runs").exists()


def test_a_wrong_arm_is_one_line(tmp_path):
    words = ("-m", "claim=hidden_layer_helps", 'hydra.sweeper.arms.none.overrides=["data.test_fraction=0.1"]')
    status, _, err = finish(train(tmp_path, *words))
    assert status == 1
    assert "hydra.sweeper.equal holds equal" in err.splitlines()[-1]


def test_an_atlas_has_a_cell_for_each_combination(tmp_path):
    factors = "{optimizer:[sgd,adam],optimizer.lr:[0.001,0.1]}"
    words = ("atlas=learning_rate", *SMALL[:3], "hydra.sweeper.seeds=2", "data=digits", "trainer.max_epochs=2")
    status, _, err = finish(train(tmp_path, "-m", *words, f"hydra.sweeper.factors={factors}", "publish=true"), 300)
    assert status == 0, err
    atlas = json.loads((tmp_path / "atlases" / "learning_rate.json").read_text())
    assert [list(cell["values"].values()) for cell in atlas["cells"]] == [
        ["sgd", 0.001],
        ["sgd", 0.1],
        ["adam", 0.001],
        ["adam", 0.1],
    ]
    assert all(cell["n"] == 2 and cell["low"] <= cell["mean"] <= cell["high"] for cell in atlas["cells"])
