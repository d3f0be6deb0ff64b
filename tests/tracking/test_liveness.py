import fcntl
import json

from groklab.tracking.liveness import reap

from .folders import make_run, set_status


def status(folder):
    return json.loads((folder / "status.json").read_text())


def test_a_run_whose_writer_is_gone_has_failed(tmp_path):
    folder = make_run(tmp_path, status="RUNNING")
    assert reap(tmp_path) == [folder]
    assert status(folder)["status"] == "FAILED"
    assert "killed" in status(folder)["error"]
    assert status(folder)["ended"] is not None


def test_a_run_whose_lock_is_held_is_left_alone(tmp_path):
    folder = make_run(tmp_path, status="RUNNING")
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert reap(tmp_path) == []
    assert status(folder)["status"] == "RUNNING"


def test_a_run_of_another_host_is_left_alone(tmp_path):
    folder = make_run(tmp_path, status="RUNNING")
    set_status(folder, "RUNNING", host="elsewhere")
    assert reap(tmp_path) == []


def test_a_run_that_said_how_it_ended_is_left_alone(tmp_path):
    folder = make_run(tmp_path, status="KILLED")
    assert reap(tmp_path) == []
    assert status(folder)["status"] == "KILLED"


def test_no_runs_is_no_trouble(tmp_path):
    assert reap(tmp_path / "absent") == []
