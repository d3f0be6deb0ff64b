"""Stacks under fire, as a user starts them: processes killed, fits that fail, jobs that cannot stack."""

import json
import os
import signal
import time

import psutil
import pytest

from tests.programs import finish, log, train

pytestmark = pytest.mark.slow
STACK = ("-m", "experiment=digits_mlp", "hydra/launcher=stack", "hydra.launcher.slots=1", "tracking=none", "test=false")
VMAP = ("hydra.launcher.backend=vmap", "trainer.checkpoint_every_s=0")
RATES = "optimizer.lr=0.001,0.003,0.01"


def runs(folder):
    """Weights, log and cost of each run, by its learning rate."""
    found = {}
    for path in folder.glob("runs/*/weights.safetensors"):
        lr = next(line for line in (path.parent / "config.yaml").read_text().splitlines() if line.startswith("  lr:"))
        cost = json.loads((path.parent / "cost.json").read_text())
        found[lr] = (path.read_bytes(), log(path.parent), cost)
    return found


def jobs(folder):
    """How each job ended, the last word of each."""
    (path,) = folder.glob("multirun/*/jobs.jsonl")
    return {row["job"]: row for row in map(json.loads, path.read_text().splitlines())}


def test_jobs_of_a_grid_are_one_stack_and_each_a_run_of_its_own(tmp_path):
    status, out, err = finish(train(tmp_path, *STACK, *VMAP, RATES, "trainer.max_epochs=2"))
    assert status == 0, err
    found = runs(tmp_path)
    assert len(found) == 3
    assert {cost["stack"]["fits"] for _, _, cost in found.values()} == {3}
    assert len([line for line in out.splitlines() if line.startswith("run ")]) == 3
    for number in range(3):
        (folder,) = tmp_path.glob(f"multirun/*/{number}")
        assert "FINISHED" in (folder / "job.log").read_text()
    again, _, err = finish(train(tmp_path, *STACK, *VMAP, RATES, "trainer.max_epochs=2"))
    assert again == 0, err
    assert err.count("(it was finished before)") == 3
    assert runs(tmp_path) == found


def test_a_stack_that_is_killed_goes_on_and_ends_in_the_same_bits(tmp_path):
    words = (*STACK, *VMAP, RATES, "trainer.max_epochs=40")
    (tmp_path / "whole").mkdir()
    status, _, err = finish(train(tmp_path / "whole", *words))
    assert status == 0, err
    (tmp_path / "killed").mkdir()
    process = train(tmp_path / "killed", *words)
    kills = 0
    end = time.monotonic() + 120
    while kills < 2 and time.monotonic() < end and process.poll() is None:
        reached = [len(path.read_text().splitlines()) for path in (tmp_path / "killed").glob("runs/*/log.jsonl")]
        if len(reached) == 3 and min(reached) >= 5 + 15 * kills:
            for worker in [job for warm in psutil.Process(process.pid).children() for job in warm.children()]:
                os.kill(worker.pid, signal.SIGKILL)
                kills += 1
        time.sleep(0.02)
    status, _, err = finish(process)
    assert status == 0, err
    assert kills == 2
    whole, killed = runs(tmp_path / "whole"), runs(tmp_path / "killed")
    assert {lr: run[:2] for lr, run in killed.items()} == {lr: run[:2] for lr, run in whole.items()}


def test_a_multirun_of_stacks_that_is_killed_is_completed_by_the_same_command(tmp_path):
    words = (*STACK, *VMAP, RATES, "trainer.max_epochs=40")
    process = train(tmp_path, *words)
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if any(len(path.read_text().splitlines()) > 8 for path in tmp_path.glob("runs/*/log.jsonl")):
            os.kill(process.pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    finish(process)
    status, _, err = finish(train(tmp_path, *words))
    assert status == 0, err
    found = runs(tmp_path)
    assert len(found) == 3
    assert all(len(lines) == 40 for _, lines, _ in found.values())


def test_a_fit_that_diverges_fails_alone(tmp_path):
    words = ("optimizer=sgd", "optimizer.lr=0.01,1e20,0.03", "trainer.max_epochs=2")
    status, _, err = finish(train(tmp_path, *STACK, *VMAP, *words))
    assert status == 1
    assert "optimizer.lr: the loss became" in err
    assert {number: row["status"] for number, row in jobs(tmp_path).items()} == {
        0: "FINISHED",
        1: "FAILED",
        2: "FINISHED",
    }
    assert {cost["stack"]["fits"] for _, _, cost in runs(tmp_path).values()} == {3}


def test_jobs_that_cannot_stack_run_alone_and_say_why(tmp_path):
    words = ("regularizer=[early_stopping]", "seed=0,1", "trainer.max_epochs=2")
    status, _, err = finish(train(tmp_path, *STACK, *words))
    assert status == 0, err
    (said,) = tmp_path.glob("multirun/*/stacks/*.log")
    assert "job 0 trains alone: regularizer: EarlyStopping watches a trainer of its own" in said.read_text()


def test_a_search_prunes_fits_of_a_stack(tmp_path):
    words = (
        *(
            "hydra/sweeper=optuna",
            "hydra/sweeper/sampler=random",
            "hydra/sweeper/pruner=median",
            "trainer.max_epochs=6",
        ),
        *("optimizer.lr=tag(log, interval(1e-5, 1e-1))", "hydra.sweeper.n_trials=16", "hydra.sweeper.confirm=2"),
        "hydra.launcher.widest=8",
    )
    status, _, err = finish(train(tmp_path, *STACK, *VMAP, *words))
    assert status == 0, err
    ended = [row["status"] for row in jobs(tmp_path).values()]
    assert len(ended) == 18
    assert set(ended) == {"FINISHED", "PRUNED"}
    assert "2 fresh seeds; optimism gap" in err


@pytest.mark.parametrize(("key", "value"), [("backend", "fast"), ("widest", "0"), ("slots", "0")])
def test_a_wrong_key_of_the_launcher_is_refused(tmp_path, key, value):
    status, _, err = finish(train(tmp_path, *STACK, "seed=0,1", f"hydra.launcher.{key}={value}"))
    assert status == 1
    assert err.splitlines()[-1].startswith(f"hydra.launcher.{key}={value}: should be")


def test_an_unknown_key_of_the_launcher_is_told_with_the_known_ones(tmp_path):
    status, _, err = finish(train(tmp_path, *STACK, "seed=0,1", "hydra.launcher.widst=3"))
    assert status == 1
    assert err.splitlines()[-1] == (
        "command line: there is no key hydra.launcher.widst. Did you mean hydra.launcher.widest?"
    )
