import fcntl
import logging
import os
import signal
import subprocess
import sys
import time

import psutil

from groklab.tracking.courier import Courier
from groklab.tracking.leftovers import claim, leftovers
from groklab.tracking.liveness import status_of
from groklab.tracking.place import tracking_place
from groklab.tracking.store import open_store

from .folders import append_epochs, make_run, set_status, write_results


def test_runs_are_followed_to_their_end(tmp_path, caplog):
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    first = make_run(tmp_path / "runs", "0" * 16, status="RUNNING", epochs=1)
    courier.follow(first)
    append_epochs(first, range(1, 50))
    write_results(first)
    set_status(first, "FINISHED")
    second = make_run(tmp_path / "runs", "1" * 16)
    courier.follow(second)
    assert courier.close(60)
    assert caplog.records == []
    store = open_store(tmp_path, "groklab")
    runs = {run.data.tags["groklab.run"]: run for run in store.client.search_runs([store.experiment_id])}
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert len(store.client.get_metric_history(runs[first.name].info.run_id, "val/loss")) == 50
    assert runs[second.name].data.metrics["test/accuracy"] == 0.75


def test_the_next_run_s_courier_delivers_what_was_left_over(tmp_path):
    left = make_run(tmp_path / "runs", "0" * 16)
    claim(left)
    folder = make_run(tmp_path / "runs", "1" * 16, status="RUNNING")
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    with open(folder / "lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        courier.follow(folder)
        deadline = time.monotonic() + 60
        while leftovers(tmp_path / "runs", tracking_place(tmp_path)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        set_status(folder, "FINISHED")
    assert courier.close(60)


def test_a_courier_that_was_killed_costs_one_warning(tmp_path, caplog):
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    assert courier.pid is not None
    os.kill(courier.pid, signal.SIGKILL)
    wait_for_death(courier.pid)
    for _ in range(3):
        courier.follow(make_run(tmp_path / os.urandom(4).hex()))
    assert not courier.close(10)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_courier_with_nothing_to_do_ends_at_once(tmp_path):
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    assert courier.close(30)
    assert not (tmp_path / "mlflow.db").exists()


PARENT = """
import fcntl, sys, time
from pathlib import Path
from groklab.tracking.mlflow import MLflow
folder = Path(sys.argv[1])
lock = open(folder / "lock", "a")
fcntl.flock(lock, fcntl.LOCK_EX)
MLflow().start(folder)
print("ready", "mlflow" in sys.modules, flush=True)
time.sleep(60)
"""


def test_a_killed_training_leaves_a_failed_run_and_no_orphan(tmp_path):
    folder = make_run(tmp_path / "runs", status="RUNNING")
    training = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert training.stdout is not None
    assert training.stdout.readline() == "ready False\n"
    (child,) = psutil.Process(training.pid).children()
    training.kill()
    training.wait()
    psutil.wait_procs([child], timeout=60)
    assert not child.is_running()
    assert status_of(folder)["status"] == "FAILED"
    store = open_store(tmp_path, "groklab")
    (run,) = store.client.search_runs([store.experiment_id])
    assert run.info.status == "FAILED"
    assert "killed" in run.data.tags["groklab.error"]


def test_ctrl_c_in_the_terminal_is_not_for_the_courier(tmp_path):
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    assert courier.pid is not None
    assert os.getsid(courier.pid) == courier.pid
    assert courier.close(30)


def test_following_does_not_wait_for_a_courier_that_is_stopped(tmp_path, caplog):
    courier = Courier.start(experiment_name="groklab", root=tmp_path)
    child = courier.pid
    assert child is not None
    os.kill(child, signal.SIGSTOP)
    folder = make_run(tmp_path / "runs")
    for _ in range(5000):  # more than a pipe holds
        courier.follow(folder)
    began = time.monotonic()
    assert not courier.close(0.5)
    assert time.monotonic() - began < 30
    assert len(caplog.records) == 1
    assert courier.pid is None
    assert not psutil.pid_exists(child)


def wait_for_death(pid):
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
