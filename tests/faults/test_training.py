"""FAULTS rows 1-4, 8, 10-13, 17: training survives what happens to it, with real processes and real signals."""

import os
import random
import shutil
import signal
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.programs import TORTURE, epochs, finish, kill, log, program, result, run_folder, status, train, wait_until

SETTING = (
    "experiment=digits_cnn",
    "regularizer=[batch_norm,dropout]",
    "architecture.channels=4",
    "trainer.max_epochs=12",
    "trainer.batches_per_call=8",
    "trainer.checkpoint_every_s=0",
    "tracking=none",
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    done = finish(train(folder, "data=digits", name="prepare"))
    assert done[0] == 0, done[2]
    return folder / "data"


@pytest.fixture
def place(tmp_path, prepared):
    (tmp_path / "data").symlink_to(prepared)
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory, prepared):
    """The run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "data").symlink_to(prepared)
    return result(folder, *SETTING)


def assert_same(run, whole):
    assert run.name == whole.name
    assert (run / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
    assert log(run) == log(whole)
    assert status(run)["status"] == "FINISHED"
    assert not list(run.rglob(".*.tmp"))


def test_force_trains_again_to_the_same_bytes(place, whole):
    first = result(place, *SETTING)
    before = (first / "weights.safetensors").stat().st_mtime_ns
    assert result(place, *SETTING, "force=true") == first
    assert (first / "weights.safetensors").stat().st_mtime_ns > before
    assert_same(first, whole)


@pytest.mark.slow
def test_killed_at_random_points_it_ends_in_the_same_bytes(place, whole):
    choose = random.Random(os.environ.get("PYTEST_RANDOM", "0"))
    for kills in range(10 if TORTURE else 3):
        process = train(place, *SETTING)
        at = choose.randrange(kills, 11)
        wait_until(lambda at=at: epochs(place) > at, process)
        kill(process)
        assert status(run_folder(place))["status"] == "RUNNING"
    assert_same(result(place, *SETTING), whole)


# A driver that kills its own process at an exact moment of an exact method.
DRIVER = """
import os, runpy, signal, sys
module, name, method, moment, when = sys.argv[1:6]
sys.argv = sys.argv[6:]
import importlib
owner = getattr(importlib.import_module(module), name)
original, calls = getattr(owner, method), 0
def killer(*args, **more):
    global calls
    calls += 1
    if calls == int(moment) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    value = original(*args, **more)
    if calls == int(moment) and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return value
setattr(owner, method, killer)
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def killed_at(place, module, name, method, moment, when, environment=None):
    command = ["-c", DRIVER, module, name, method, str(moment), when, program("train"), *SETTING]
    code, _, err = finish(Forked(command, place, environment))
    assert code == -signal.SIGKILL, err


CHECKPOINT = ("groklab.training.exact_checkpoint", "ExactCheckpoint")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "method", "moment", "when"),
    [
        (*CHECKPOINT, "on_train_batch_end", 10, "before"),  # 5 calls an epoch: an epoch's last batch
        (*CHECKPOINT, "on_train_epoch_end", 12, "before"),  # the fit's last epoch is logged, not yet saved
        ("groklab.training.checkpoint_io", "_HashingFile", "write", 40, "after"),  # as a checkpoint grows
        ("groklab.experiment", "RunFolder", "end", 1, "before"),  # all is written but the word that it is
    ],
)
def test_killed_at_an_exact_moment_it_ends_in_the_same_bytes(place, whole, module, name, method, moment, when):
    killed_at(place, module, name, method, moment, when)
    assert_same(result(place, *SETTING), whole)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system at /dev/shm")
def test_a_temporary_folder_on_another_file_system_takes_no_part(place, whole, tmp_path_factory):
    before = set(Path("/dev/shm").iterdir())
    environment = {**os.environ, "TMPDIR": "/dev/shm"}
    killed_at(place, "groklab.training.checkpoint_io", "_HashingFile", "write", 40, "after", environment)
    assert {path for path in Path("/dev/shm").iterdir() if path not in before and "ckpt" in path.name} == set()
    assert_same(result(place, *SETTING), whole)


@pytest.mark.slow
def test_a_damaged_checkpoint_gives_way_to_the_one_before_and_both_damaged_are_an_error(place, whole):
    killed_at(place, "groklab.training.checkpoint_io", "AtomicCheckpointIO", "save_checkpoint", 20, "after")
    run = run_folder(place)
    os.truncate(run / "checkpoints" / "last.ckpt", (run / "checkpoints" / "last.ckpt").stat().st_size // 2)
    shutil.copytree(place / "runs", place / "copy")
    code, _, err = finish(train(place, *SETTING))
    assert code == 0
    assert "last.ckpt is damaged" in err
    assert_same(run, whole)
    shutil.rmtree(place / "runs")
    shutil.copytree(place / "copy", place / "runs")
    for name in ("last.ckpt", "previous.ckpt"):
        os.truncate(run / "checkpoints" / name, 1000)
    code, out, err = finish(train(place, *SETTING))
    assert (code, out) == (1, "")
    assert "no checkpoint is whole" in err.splitlines()[-1]
    assert "force=true" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert status(run)["status"] == "FAILED"


@pytest.mark.slow
@pytest.mark.parametrize(("signum", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_saves_a_checkpoint_and_the_run_goes_on_later(place, whole, signum, code):
    setting = [word for word in SETTING if "checkpoint_every_s" not in word]  # none but the signal's own
    process = train(place, *setting)
    wait_until(lambda: epochs(place) > 2, process)
    process.send_signal(signum)
    returned, out, err = finish(process)
    assert (returned, out) == (code, "")
    run = run_folder(place)
    assert status(run)["status"] == "KILLED"
    assert (run / "checkpoints" / "last.ckpt").exists()
    assert "Traceback" not in err
    assert_same(result(place, *setting), whole)


def test_a_loss_that_is_not_finite_stops_the_run_and_names_step_and_rate(tmp_path):
    code, out, err = finish(
        train(tmp_path, "experiment=diabetes_mlp", "optimizer=sgd", "optimizer.lr=1e20", "tracking=none")
    )
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "at step" in err.splitlines()[-1]
    assert "lr=1e+20" in err.splitlines()[-1]
    run = run_folder(tmp_path)
    assert status(run)["status"] == "FAILED"
    assert "at step" in status(run)["error"]
    assert not (run / "weights.safetensors").exists()


@pytest.mark.slow
def test_two_processes_with_one_command_train_one_run(place, whole):
    both = [train(place, *SETTING) for _ in range(2)]
    done = [finish(process) for process in both]
    assert [code for code, _, _ in done] == [0, 0]
    assert done[0][1] == done[1][1]
    assert_same(run_folder(place), whole)
    assert sum("is finished" in err for _, _, err in done) == 1


@pytest.mark.slow
def test_the_test_part_is_not_needed_to_train(place, prepared, tmp_path_factory):
    copy = tmp_path_factory.mktemp("without_test")
    shutil.copytree(prepared, copy / "data")
    shutil.rmtree(copy / "data" / "prepared" / "digits" / "test")
    run = result(copy, *SETTING, "test=false")
    assert status(run)["status"] == "FINISHED"
    code, _, err = finish(train(copy, *SETTING))
    assert code == 1
    assert "test" in err.splitlines()[-1]
