import json
import shutil

import pytest

from groklab.files import digest, write_json
from groklab.tracking.delivery import deliver
from groklab.tracking.store import open_store

from .folders import append_epochs, line, make_run, set_status, write_results


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        return open_store(tmp_path_factory.mktemp("store"), "groklab")


@pytest.fixture
def name(request):
    """A run identity of each test's own."""
    return digest(request.node.name)[:16]


def history(store, run_id, key):
    return [
        (point.step, point.value)
        for point in sorted(store.client.get_metric_history(run_id, key), key=lambda point: point.step)
    ]


def test_a_finished_run_is_all_there(tmp_path, store, name):
    done = deliver(make_run(tmp_path, name), store)
    run = store.client.get_run(done.run_id)
    assert done.complete
    assert done.changed
    assert run.info.status == "FINISHED"
    assert run.info.end_time - run.info.start_time == 60_000
    assert run.info.run_name == f"digits_mlp-{name[:6]}"
    assert run.data.params["optimizer.lr"] == "0.001"
    assert run.data.metrics["test/accuracy"] == 0.75
    assert run.inputs.dataset_inputs[0].dataset.name == "digits"
    assert history(store, done.run_id, "val/loss") == [(10, 2.0), (20, 1.0), (30, 2.0 / 3)]
    files = {file.path for file in store.client.list_artifacts(done.run_id)}
    assert files >= {"config.yaml", "metrics.json", "log.jsonl", "weights.safetensors", "pictures", "plots"}


def test_a_second_delivery_sends_nothing(tmp_path, store, name):
    folder = make_run(tmp_path, name)
    first = deliver(folder, store)
    second = deliver(folder, store)
    assert second.run_id == first.run_id
    assert not second.changed


def test_a_growing_log_is_followed_and_a_torn_line_waits(tmp_path, store, name):
    folder = make_run(tmp_path, name, status="RUNNING", epochs=2)
    run_id = deliver(folder, store).run_id
    assert store.client.get_run(run_id).info.status == "RUNNING"
    with open(folder / "log.jsonl", "a") as log:
        log.write(line(2)[:-20])
    assert not deliver(folder, store).changed
    (folder / "log.jsonl").write_text("".join(line(epoch) for epoch in range(4)))
    deliver(folder, store)
    assert [step for step, _ in history(store, run_id, "val/loss")] == [10, 20, 30, 40]


def test_a_log_cut_back_by_a_resume_gives_no_step_twice(tmp_path, store, name):
    folder = make_run(tmp_path, name, status="RUNNING", epochs=3)
    run_id = deliver(folder, store).run_id
    (folder / "log.jsonl").write_text(line(0))
    deliver(folder, store)
    append_epochs(folder, range(1, 5))
    deliver(folder, store)
    assert [step for step, _ in history(store, run_id, "val/loss")] == [10, 20, 30, 40, 50]


def test_a_lost_memory_neither_makes_a_second_run_nor_a_second_point(tmp_path, store, name):
    folder = make_run(tmp_path, name)
    run_id = deliver(folder, store).run_id
    (folder / "delivery.json").unlink()
    # Lines rewritten by a resume have new times, so MLflow itself would not know them for the same.
    (folder / "log.jsonl").write_text("".join(line(epoch) for epoch in range(4)))
    assert deliver(folder, store).run_id == run_id
    assert [step for step, _ in history(store, run_id, "val/loss")] == [10, 20, 30, 40]


def test_a_thousand_lines_arrive_in_order(tmp_path, store, name):
    run_id = deliver(make_run(tmp_path, name, epochs=1000), store).run_id
    assert history(store, run_id, "val/accuracy") == [(10 * (e + 1), e / 1000) for e in range(1000)]


def test_scores_that_come_later_are_added(tmp_path, store, name):
    folder = make_run(tmp_path, name)
    scores = folder / "metrics.json"
    content = json.loads(scores.read_text())
    scores.unlink()
    run_id = deliver(folder, store).run_id
    assert "test/accuracy" not in store.client.get_run(run_id).data.metrics
    write_json(scores, content)
    assert deliver(folder, store).changed
    assert store.client.get_run(run_id).data.metrics["test/accuracy"] == 0.75


def test_a_resumed_run_is_running_again_and_its_error_goes(tmp_path, store, name):
    folder = make_run(tmp_path, name, status="RUNNING")
    set_status(folder, "FAILED", error="loss is not finite")
    run_id = deliver(folder, store).run_id
    failed = store.client.get_run(run_id)
    assert (failed.info.status, failed.data.tags["groklab.error"]) == ("FAILED", "loss is not finite")
    set_status(folder, "RUNNING")
    deliver(folder, store)
    assert store.client.get_run(run_id).info.status == "RUNNING"
    set_status(folder, "FINISHED")
    write_results(folder)
    deliver(folder, store)
    finished = store.client.get_run(run_id)
    assert finished.info.status == "FINISHED"
    assert "groklab.error" not in finished.data.tags


def test_a_parameter_too_long_for_mlflow_goes_to_a_file_and_a_tag_says_so(tmp_path, store, name):
    run_id = deliver(make_run(tmp_path, name, long={"text": "x" * 6001}), store).run_id
    assert "long.text" in store.client.get_run(run_id).data.tags["params_in_full"]
    path = store.client.download_artifacts(run_id, "params_in_full.json", str(tmp_path))
    with open(path) as file:
        assert json.load(file) == {"long.text": "x" * 6001}


def test_a_run_deleted_in_mlflow_stays_deleted(tmp_path, store, name):
    folder = make_run(tmp_path, name)
    run_id = deliver(folder, store).run_id
    store.client.delete_run(run_id)
    store.seen.clear()
    append_epochs(folder, range(3, 4))
    assert not deliver(folder, store).changed
    assert store.client.get_run(run_id).info.lifecycle_stage == "deleted"


def test_a_new_database_gets_everything_again(tmp_path, store, name):
    folder = make_run(tmp_path, name)
    run_id = deliver(folder, store).run_id
    other = open_store(tmp_path / "other", "groklab")
    shutil.copytree(folder, tmp_path / "other" / name)
    again = deliver(tmp_path / "other" / name, other)
    assert again.changed
    assert again.run_id != run_id
    assert [step for step, _ in history(other, again.run_id, "val/loss")] == [10, 20, 30]
