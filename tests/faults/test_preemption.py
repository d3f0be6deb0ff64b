"""Preempted and queued again, stopped twice (rows 11, 12): one run, the bits of the run that nobody disturbed."""

import os
import random
import signal

import pytest

from groklab.tracking.store import open_store
from groklab.tracking.sync import sync
from groklab.training.checkpoint_io import AtomicCheckpointIO, newest_checkpoint
from tests.forked import Forked
from tests.programs import TORTURE, epochs, finish, log, program, result, run_folder, status, train, wait_until

SETTING = ("experiment=digits_linear", "trainer.max_epochs=60", "trainer.batches_per_call=8", "tracking=none")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    code, _, err = finish(train(folder, "data=digits", name="prepare"))
    assert code == 0, err
    return folder / "data"


@pytest.fixture
def place(tmp_path, prepared):
    (tmp_path / "data").symlink_to(prepared)
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory, prepared):
    folder = tmp_path_factory.mktemp("whole")
    (folder / "data").symlink_to(prepared)
    return result(folder, *SETTING)


def assert_same(run, whole):
    assert run.name == whole.name
    assert (run / "weights.safetensors").read_bytes() == (whole / "weights.safetensors").read_bytes()
    assert log(run) == log(whole)
    assert status(run)["status"] == "FINISHED"


@pytest.mark.slow
def test_11_preempted_and_queued_again_it_is_one_run(place, whole, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{place}/mlflow.db")
    for at, signum in enumerate([signal.SIGUSR1, signal.SIGTERM] * (5 if TORTURE else 1)):
        process = train(place, *SETTING)
        wait_until(lambda at=at: epochs(place) > 5 * (at + 1), process)
        process.send_signal(signum)
        code, out, err = finish(process)
        assert (code, out) == (128 + signum, "")
        assert "Traceback" not in err
        assert status(run_folder(place))["status"] == "KILLED"
        assert sync(place / "runs", root=place).delivered == 1
    assert_same(result(place, *SETTING), whole)
    sync(place / "runs", root=place)
    store = open_store(place, "groklab")
    (tracked,) = store.client.search_runs([store.experiment_id])
    assert tracked.info.status == "FINISHED"
    points = store.client.get_metric_history(tracked.info.run_id, "val/loss")
    assert sorted(point.step for point in points) == [step for step, _, _ in log(whole)]


# Runs a program that gets two signals as its file grows for the n-th time.
TWICE = """
import os, runpy, signal, sys
from groklab.training.checkpoint_io import _HashingFile
moment, signum, *sys.argv = sys.argv[1:]
write, calls = _HashingFile.write, 0
def twice(file, block):
    global calls
    calls += 1
    if calls == int(moment):
        os.kill(os.getpid(), int(signum))
        os.kill(os.getpid(), int(signum))
    return write(file, block)
_HashingFile.write = twice
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.slow
def test_12_ctrl_c_twice_ends_at_once_and_the_last_checkpoint_loads(place, whole):
    chance = random.Random(os.environ.get("PYTEST_RANDOM", "0"))
    for _ in range(10 if TORTURE else 1):
        moment = chance.randrange(100, 200)  # the first checkpoint is written, another grows
        driver = ["-c", TWICE, str(moment), str(int(signal.SIGINT)), program("train")]
        code, out, err = finish(Forked([*driver, *SETTING, "trainer.checkpoint_every_s=0"], place))
        assert (code, out) == (130, "")
        assert "Traceback" not in err
        assert status(run_folder(place))["status"] == "KILLED"
        checkpoints = run_folder(place) / "checkpoints"
        assert "epoch" in AtomicCheckpointIO().load_checkpoint(newest_checkpoint(checkpoints))
    assert_same(result(place, *SETTING), whole)
