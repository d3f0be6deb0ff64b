"""MLflow down, dying, hanging, cold, locked, exposed; a run killed; secrets (rows 14-18, 24, 33, 34)."""

import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from groklab.tracking.courier import Courier
from groklab.tracking.delivery import deliver
from groklab.tracking.liveness import status_of
from groklab.tracking.store import open_store
from groklab.tracking.sync import Synced, sync
from tests.tracking.folders import append_epochs, make_run, set_status, write_network, write_results
from tests.tracking.servers import Server, free_port, serving

PIPELINES = Path(__file__).parents[2] / "pipelines"


@pytest.fixture(autouse=True)
def patience(monkeypatch, tmp_path):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "3")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


def steps(store, run, key="val/loss"):
    (found,) = store.client.search_runs([store.experiment_id], f"tags.`groklab.run` = '{run}'")
    return sorted(point.step for point in store.client.get_metric_history(found.info.run_id, key))


def finish(folder):
    write_results(folder)
    set_status(folder, "FINISHED")


def warnings(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_14_down_at_start(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:canary@127.0.0.1:{free_port()}")
    folder = make_run(tmp_path / "runs", status="RUNNING")
    courier = Courier.start(experiment_name="groklab")
    courier.follow(folder)
    finish(folder)
    assert not courier.close(60)
    (warning,) = warnings(caplog)
    assert "connection refused" in warning
    assert "make sync" in warning
    assert "canary" not in warning
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert sync(tmp_path / "runs", root=tmp_path) == Synced(delivered=1, up_to_date=0)
    assert steps(open_store(tmp_path, "groklab"), folder.name) == [10, 20, 30]


def test_15_dies_and_comes_back(tmp_path, monkeypatch, server: Server):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    folder = make_run(tmp_path / "runs", "15" * 8, status="RUNNING", epochs=0)
    courier = Courier.start(experiment_name="row 15")
    courier.follow(folder)
    append_epochs(folder, range(100))
    wait_until(lambda: (folder / "delivery.json").exists())
    server.kill()
    append_epochs(folder, range(100, 200))
    server.start()
    append_epochs(folder, range(200, 300))
    finish(folder)
    courier.close(60)
    sync(tmp_path / "runs", root=tmp_path)
    assert steps(open_store(tmp_path, "row 15"), folder.name) == [10 * (e + 1) for e in range(300)]


def test_16_hangs(tmp_path, monkeypatch, caplog, server: Server):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    folder = make_run(tmp_path / "runs", "16" * 8, status="RUNNING", epochs=0)
    server.signal(signal.SIGSTOP)
    try:
        longest = 0.0
        courier = Courier.start(experiment_name="row 16")
        for epoch in range(20):
            began = time.monotonic()
            courier.follow(folder)
            append_epochs(folder, range(epoch, epoch + 1))
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.05)
        finish(folder)
        began = time.monotonic()
        assert not courier.close(30)
        waited = time.monotonic() - began
    finally:
        server.signal(signal.SIGCONT)
    assert longest < 1
    assert waited < 30
    (warning,) = warnings(caplog)
    assert "no answer in time" in warning
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    sync(tmp_path / "runs", root=tmp_path)
    assert steps(open_store(tmp_path, "groklab"), folder.name) == [10 * (e + 1) for e in range(20)]


def test_17_killed_run_is_failed_at_the_next_start(tmp_path):
    folder = make_run(tmp_path / "runs", status="RUNNING")
    sync(tmp_path / "runs", root=tmp_path)
    assert status_of(folder)["status"] == "FAILED"
    store = open_store(tmp_path, "groklab")
    (run,) = store.client.search_runs([store.experiment_id])
    assert run.info.status == "FAILED"


COLD = """
import os, sys
from pathlib import Path
import mlflow.store.tracking.sqlalchemy_store  # once for all eight
from groklab.tracking.delivery import deliver
from groklab.tracking.store import open_store

ready, go = os.pipe()
children = []
for folder in sys.argv[1:]:
    if not (child := os.fork()):
        os.close(go)
        os.read(ready, 1)  # all start together, when the parent closes the pipe
        deliver(Path(folder), open_store(Path.cwd(), "cold"))
        os._exit(0)
    children.append(child)
os.close(go)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def test_18_cold_start_of_eight(tmp_path):
    folders = [make_run(tmp_path / "runs", f"{number:016x}") for number in range(8)]
    subprocess.run([sys.executable, "-c", COLD, *map(str, folders)], cwd=tmp_path, check=True, timeout=120)
    store = open_store(tmp_path, "cold")
    runs = store.client.search_runs([store.experiment_id])
    assert sorted(run.data.tags["groklab.run"] for run in runs) == [folder.name for folder in folders]
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_24_a_locked_database_is_waited_for(tmp_path):
    folder = make_run(tmp_path / "runs")
    store = open_store(tmp_path, "groklab")
    holder = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(6.0, lambda: holder.execute("ROLLBACK"))  # longer than sqlite's own five seconds
    release.start()
    deliver(folder, store)
    release.join()
    holder.close()
    assert steps(store, folder.name) == [10, 20, 30]


def test_33_no_secret_gets_out(tmp_path, monkeypatch, server: Server):
    canary = "canary-7f3a"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri.replace("://", f"://me:{canary}@"))
    for variable in ("AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_PASSWORD", "SOMETHING"):
        monkeypatch.setenv(variable, canary)
    address = f"https://me:{canary}@host/x.csv"
    folder = make_run(
        tmp_path / "runs", "33" * 8, data={"url": address, "api_key": canary, "headers": [{"token": canary}]}
    )
    write_network(folder)
    set_status(folder, "FAILED", command=f"train.py data.api_key={canary}", error=f"{address}: not found")
    mine = {folder / "config.yaml", folder / "status.json"}
    said = subprocess.run([sys.executable, PIPELINES / "sync.py"], cwd=tmp_path, capture_output=True, check=True)
    assert said.stdout == b"1 run delivered, 0 up to date\n"
    outputs = [path for root in (tmp_path, server.folder) for path in root.rglob("*") if path.is_file()]
    assert any(path.name == "mlflow.db" for path in outputs)
    found = [path for path in outputs if path not in mine and canary.encode() in path.read_bytes()]
    assert found == []
    assert canary.encode() not in said.stdout + said.stderr


def test_34_exposure_without_a_password_is_refused(tmp_path):
    for host in ("0.0.0.0", "::", "example.org"):
        said = subprocess.run(
            [sys.executable, PIPELINES / "ui.py", "--host", host],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert said.returncode == 1
        assert said.stderr.count("\n") == 1
        assert "basic-auth" in said.stderr
    assert not (tmp_path / "mlflow.db").exists()


def wait_until(condition, *, timeout_s: float = 60.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
