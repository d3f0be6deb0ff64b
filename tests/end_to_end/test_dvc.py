"""The pipeline as DVC runs it, in a clone with a small setting; FAULTS rows 35 and 38."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.forked import forking
from tests.small_pipeline import carry

SMALL = ("diabetes_mlp", "digits_linear")
ENVIRONMENT = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.c")

pytestmark = pytest.mark.slow


def run(folder, *command, code=0):
    """What a command says that must succeed, or must not; the programs that it starts are forked."""
    done = subprocess.run(command, cwd=folder, env=forking(), capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode == 0) == (code == 0), done.stdout + done.stderr
    return done.stdout + done.stderr


def dvc(folder, *words, code=0):
    return run(folder, sys.executable, "-m", "dvc", *words, code=code)


def stages(text):
    return [line.split("'")[1] for line in text.splitlines() if line.startswith("Running stage")]


def set_in(file, key, value):
    text = file.read_text()
    node = yaml.safe_load(text)
    section, _, name = key.partition(".")
    node.setdefault(section, {})[name] = value
    header = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    file.write_text(header + yaml.safe_dump(node, sort_keys=False))


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone")
    carry(folder, SMALL)
    for name in SMALL:
        file = folder / "conf" / "experiment" / f"{name}.yaml"
        set_in(file, "trainer.max_epochs", 2)
        set_in(file, "tracking.experiment_name", "small")
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", *IDENTITY, "commit", "-qm", "small")
    return folder


def test_the_pipeline_end_to_end(clone):
    first = stages(dvc(clone, "repro"))
    assert [name.split("@")[0] for name in first] == [
        *("resolve", "prepare", "prepare", "train", "train", "evaluate", "evaluate", "report")
    ]
    for name in SMALL:
        file = json.loads((clone / "metrics" / f"{name}.json").read_text())
        assert file["split"] == "test"
        assert len(file["baselines"]) == 3
    page = (clone / "reports" / "index.html").read_text()
    assert all(name in page for name in SMALL)
    assert stages(dvc(clone, "repro")) == []
    run(clone, "git", "add", "-A")
    run(clone, "git", *IDENTITY, "commit", "-qm", "results")


def test_a_comment_runs_nothing_but_resolve(clone):
    file = clone / "conf" / "optimizer" / "adam.yaml"
    file.write_text("# A comment.\n" + file.read_text())
    assert stages(dvc(clone, "repro")) == ["resolve"]


def test_one_learning_rate_runs_one_experiment(clone):
    set_in(clone / "conf" / "experiment" / "diabetes_mlp.yaml", "optimizer.lr", 0.002)
    assert stages(dvc(clone, "repro")) == ["resolve", "train@diabetes_mlp", "evaluate@diabetes_mlp", "report"]
    assert "diabetes_mlp" in dvc(clone, "metrics", "diff")
    assert "optimizer.lr" in dvc(clone, "params", "diff")
    assert "metrics.r2" in dvc(clone, "metrics", "show")
    assert "digits_linear" in dvc(clone, "plots", "show", "--json")


def test_an_experiment_of_dvc_runs_with_another_learning_rate(clone):
    run(clone, "git", "add", "-A")
    run(clone, "git", *IDENTITY, "commit", "-qm", "lr")
    before = (clone / "metrics" / "diabetes_mlp.json").read_text()
    dvc(clone, "exp", "run", "-S", "conf/experiment/diabetes_mlp.yaml:optimizer.lr=0.003")
    assert "lr: 0.003" in (clone / "resolved" / "diabetes_mlp.yaml").read_text()
    assert (clone / "metrics" / "diabetes_mlp.json").read_text() != before
    assert "0.003" in dvc(clone, "exp", "show", "--csv")


def test_a_stage_that_fails_leaves_the_old_model(clone):
    experiment = clone / "conf" / "experiment" / "diabetes_mlp.yaml"
    good, model = experiment.read_text(), clone / "models" / "diabetes_mlp" / "weights.safetensors"
    weights = model.read_bytes()
    set_in(experiment, "optimizer.lr", 1.0e20)
    text = dvc(clone, "repro", code=1)
    assert "with lr=1e+20" in text
    assert model.read_bytes() == weights
    experiment.write_text(good)
    assert stages(dvc(clone, "repro"))[0] == "resolve"
    assert model.read_bytes() == weights


def test_a_killed_repro_leaves_no_orphan_and_the_retry_is_right(clone):
    experiment = clone / "conf" / "experiment" / "digits_linear.yaml"
    set_in(experiment, "trainer.max_epochs", 4000)
    command = [sys.executable, "-m", "dvc", "repro"]
    process = subprocess.Popen(
        command, cwd=clone, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + 120
    while not (running := [path for path in clone.glob("runs/*/status.json") if '"RUNNING"' in path.read_text()]):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    pid = json.loads(running[0].read_text())["pid"]
    process.send_signal(signal.SIGKILL)
    process.wait()
    while alive(pid):
        assert time.monotonic() < end + 60, "the training process outlives the pipeline"
        time.sleep(0.1)
    set_in(experiment, "trainer.max_epochs", 2)
    dvc(clone, "repro")
    assert json.loads((clone / "metrics" / "digits_linear.json").read_text())["cost"]["num_steps"] == 2 * (1150 // 32)


def test_stages_side_by_side_give_the_same(clone):
    weights = {name: (clone / "models" / name / "weights.safetensors").read_bytes() for name in SMALL}
    shutil.rmtree(clone / "runs")
    run(clone, sys.executable, "-m", "dvc", "config", "--local", "core.check_update", "false")
    for name in SMALL:
        shutil.rmtree(clone / "models" / name)
    (clone / "dvc.lock").unlink()
    shutil.rmtree(clone / ".dvc" / "cache", ignore_errors=True)
    run(clone, sys.executable, "pipelines/repro.py", "--jobs", "2")
    assert {name: (clone / "models" / name / "weights.safetensors").read_bytes() for name in SMALL} == weights
    assert stages(dvc(clone, "repro")) == []


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
