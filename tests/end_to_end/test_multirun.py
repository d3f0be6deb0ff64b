"""A multirun over any value: a run for each combination, and a bad one does not take the others along."""

import json

import pytest
import yaml

from tests.programs import finish, train

pytestmark = pytest.mark.slow


def test_a_multirun_trains_each_combination_once(tmp_path):
    words = (
        "-m",
        "experiment=digits_linear",
        "trainer.max_epochs=1",
        "tracking=none",
        "seed=0,1",
        "optimizer=sgd,adam",
    )
    status, out, err = finish(train(tmp_path, *words))
    assert status == 0, err
    lines = [line for line in out.splitlines() if line.startswith("run ")]
    runs = {line.split()[1] for line in lines}
    assert len(lines) == len(runs) == 4
    for line in lines:
        assert json.loads((tmp_path / line.split()[-1]).read_text())["split"] == "test"
    again, out, err = finish(train(tmp_path, *words))
    assert again == 0, err
    assert err.count("(it was finished before)") == 4
    assert {line.split()[1] for line in out.splitlines() if line.startswith("run ")} == runs


def test_a_job_that_is_refused_is_named_and_the_others_run(tmp_path):
    words = ("-m", "experiment=digits_linear", "trainer.max_epochs=1", "tracking=none", "optimizer.lr=1e20,0.01")
    status, out, err = finish(train(tmp_path, *words))
    assert status != 0
    assert "optimizer.lr: the loss became" in err
    assert len([line for line in out.splitlines() if line.startswith("run ")]) == 1


def test_seeds_and_folds_are_jobs_that_end_in_one_group(tmp_path):
    words = ("-m", "experiment=digits_linear", "trainer.max_epochs=1", "tracking=none", "test=false")
    status, _, err = finish(train(tmp_path, *words, "seeds=2", "fold=0,1", "folds=2"))
    assert status == 0, err
    (folder,) = (tmp_path / "multirun").iterdir()
    (group,) = json.loads((folder / "groups.json").read_text())["groups"]
    assert group["n"] == len(set(group["runs"])) == 4
    assert "95 % of the mean" in err
    configs = [yaml.safe_load((tmp_path / "runs" / run / "config.yaml").read_text()) for run in group["runs"]]
    assert sorted((config["seed"], config["fold"]) for config in configs) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    cards = [json.loads((tmp_path / "runs" / run / "card.json").read_text()) for run in group["runs"]]
    assert len({card["fingerprint"] for card in cards}) == 2
    assert all(card["counts"]["train"] + card["counts"]["val"] == 1797 - 359 for card in cards)  # all but the test
