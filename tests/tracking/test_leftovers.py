from groklab.tracking.delivery import deliver
from groklab.tracking.leftovers import claim, leftovers
from groklab.tracking.liveness import status_of
from groklab.tracking.store import open_store

from .folders import make_run


def test_only_what_was_claimed_and_not_delivered_is_left_over(tmp_path):
    store = open_store(tmp_path, "groklab")
    runs = tmp_path / "runs"
    make_run(runs, "0" * 16)  # never tracked
    lacking, delivered = make_run(runs, "1" * 16), make_run(runs, "2" * 16)
    claim(lacking)
    claim(delivered)
    deliver(delivered, store)
    assert leftovers(runs, store.place) == [lacking]
    deliver(lacking, store)
    assert leftovers(runs, store.place) == []


def test_a_killed_run_is_left_over_as_failed(tmp_path):
    store = open_store(tmp_path, "groklab")
    killed = make_run(tmp_path / "runs", status="RUNNING")
    deliver(killed, store)
    assert leftovers(tmp_path / "runs", store.place) == [killed]
    assert status_of(killed)["status"] == "FAILED"
