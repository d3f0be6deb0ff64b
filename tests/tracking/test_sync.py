import pytest

from groklab.errors import UserError
from groklab.tracking.sync import Synced, parse, sync

from .folders import make_run
from .servers import free_port


def test_each_run_is_delivered_once(tmp_path):
    make_run(tmp_path / "runs", "0" * 16)
    make_run(tmp_path / "runs", "1" * 16)
    assert sync(tmp_path / "runs", root=tmp_path) == Synced(delivered=2, up_to_date=0)
    assert sync(tmp_path / "runs", root=tmp_path) == Synced(delivered=0, up_to_date=2)


def test_a_run_that_cannot_be_read_does_not_hold_up_the_others(tmp_path):
    bad = make_run(tmp_path / "runs", "0" * 16)
    for name in ("input", "output"):
        (bad / f"{name}_example.npy").write_bytes(b"not an array")
    (bad / "model.pt2").write_bytes(b"")
    make_run(tmp_path / "runs", "1" * 16)
    with pytest.raises(UserError, match=f"{bad.name}.* 1 delivered"):
        sync(tmp_path / "runs", root=tmp_path)


def test_nothing_to_deliver(tmp_path):
    assert str(sync(tmp_path / "runs", root=tmp_path)) == "0 runs delivered, 0 up to date"


def test_a_server_that_is_down_is_one_line_without_its_password(tmp_path, monkeypatch):
    make_run(tmp_path / "runs")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://me:canary@127.0.0.1:{free_port()}")
    with pytest.raises(UserError, match=r"connection refused.*1 run waits.*make sync") as error:
        sync(tmp_path / "runs", root=tmp_path)
    assert "canary" not in str(error.value)


def test_arguments():
    assert [str(place) for place in parse([])] == ["multirun", "runs"]
    assert [str(place) for place in parse(["--runs", "x", "--multiruns", "y"])] == ["y", "x"]
