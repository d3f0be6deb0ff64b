"""Launchers that know only Hydra's interface: its own, and submitit's, which is SLURM's on a cluster."""

import json

import pytest

from tests.programs import finish, train

pytestmark = pytest.mark.slow

_SEARCH = (
    "-m",
    "experiment=digits_linear",
    "trainer.max_epochs=1",
    "tracking=none",
    "hydra/sweeper=optuna",
    "hydra/sweeper/sampler=random",
    "hydra.sweeper.n_trials=2",
    "hydra.sweeper.confirm=1",
    "optimizer.lr=tag(log,interval(1e-3,1e-1))",
)


def trials(folder):
    """The trials that came to an end; one whose process was killed is tried again, under another number."""
    (path,) = folder.glob("multirun/*/search.json")
    return [trial for trial in json.loads(path.read_text())["trials"] if trial["state"] != "FAIL"]


def found(folder):
    return sorted(([trial[key] for key in ("params", "values", "runs")] for trial in trials(folder)), key=str)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("here")
    status, out, err = finish(train(folder, *_SEARCH, "hydra.launcher.slots=2"))
    assert status == 0, err
    return folder, out


@pytest.mark.parametrize("launcher", [("basic",), ("submitit_local", "hydra.sweeper.n_jobs=2")])
def test_it_finds_what_the_local_launcher_finds(tmp_path, here, launcher):
    name, *words = launcher
    if name == "submitit_local":
        pytest.importorskip("submitit", reason="the extra slurm is not installed")
    status, out, err = finish(train(tmp_path, *_SEARCH, f"hydra/launcher={name}", *words))
    assert status == 0, err
    folder, said = here
    assert found(tmp_path) == found(folder)
    assert [run.name for run in sorted((tmp_path / "runs").glob("*/"))] == [
        run.name for run in sorted((folder / "runs").glob("*/"))
    ]
    assert sorted(out.splitlines()) == sorted(said.splitlines())
    (multirun,) = tmp_path.glob("multirun/*")
    for trial in trials(tmp_path):
        assert "FINISHED" in (multirun / str(trial["number"]) / "job.log").read_text()
        place = json.loads((tmp_path / "runs" / trial["runs"][0] / "sweep.json").read_text())
        assert place == {"sweep": multirun.name, "job": trial["number"]}


def test_a_job_that_fails_is_named_and_the_others_run(tmp_path):
    words = ("-m", "experiment=digits_linear", "trainer.max_epochs=1", "tracking=none", "hydra/launcher=basic")
    status, out, err = finish(train(tmp_path, *words, "optimizer.lr=1e20,0.01"))
    assert status != 0
    assert "job 0 (optimizer.lr=1e+20): optimizer.lr: the loss became" in err
    assert len([line for line in out.splitlines() if line.startswith("run ")]) == 1


def test_pruning_is_refused(tmp_path):
    words = (*_SEARCH, "hydra/launcher=basic", "hydra/sweeper/pruner=median")
    status, out, err = finish(train(tmp_path, *words))
    assert status == 1
    assert err.splitlines()[-1].startswith("hydra.sweeper.pruner=MedianPruner: BasicLauncher passes no values on")
    assert out == ""
