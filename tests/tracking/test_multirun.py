"""A multirun and its jobs in MLflow: one parent, its children one level below."""

import json

from groklab.files import write_json
from groklab.tracking.delivery import deliver
from groklab.tracking.store import open_store
from groklab.tracking.sync import Synced, sync

from .folders import PNG, make_run, set_status

NAME = "digits_mlp-0123abcd"
PARENT = "mlflow.parentRunId"


def make_search(folder, *, status="FINISHED", num_trials=2):
    """``multirun/<name>/`` as a search leaves it."""
    search = folder / "multirun" / NAME
    (search / "pictures").mkdir(parents=True)
    config = {
        "multirun": "search",
        "space": {"optimizer.lr": "FloatDistribution(high=0.1, log=True, low=0.0001, step=None)"},
        "objective": ["val/loss"],
        "n_trials": num_trials,
        "tracking": {"experiment_name": "groklab"},
    }
    write_json(search / "config.yaml", config)
    set_status(search, status)
    lines = [{"step": n + 1, "time_ms": 1, "metrics": {"best/val/loss": 1 / (n + 1)}} for n in range(num_trials)]
    (search / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    trials = [
        {"number": n, "state": "COMPLETE", "params": {"optimizer.lr": 0.01 * (n + 1)}, "values": [1 / (n + 1)]}
        for n in range(num_trials)
    ]
    confirmed = {"mean": 0.75, "low": 0.5, "high": 1.0, "n": 3, "optimism_gap": 0.25}
    write_json(
        search / "search.json",
        {"objective": ["val/loss"], "trials": trials, "best": [num_trials - 1], "confirmed": confirmed},
    )
    measured = {"trials": num_trials, "best": 0.5, "confirmed/mean": 0.75, "optimism_gap": 0.25}
    write_json(search / "metrics.json", {"split": "search", "metrics": measured})
    (search / "pictures" / "history.png").write_bytes(PNG)
    return search


def make_job(folder, run, number):
    job = make_run(folder / "runs", run)
    write_json(job / "sweep.json", {"sweep": NAME, "job": number})
    return job


def test_a_job_is_the_child_of_its_multirun_whichever_is_delivered_first(tmp_path):
    store = open_store(tmp_path, "groklab")
    search = make_search(tmp_path)
    first = deliver(make_job(tmp_path, "0" * 16, 0), store).run_id
    parent = deliver(search, store).run_id
    second = deliver(make_job(tmp_path, "1" * 16, 1), store).run_id
    alone = deliver(make_run(tmp_path / "runs", "2" * 16), store).run_id
    known = {run: store.client.get_run(run).data.tags for run in (first, second, alone, parent)}
    assert [known[run].get(PARENT) for run in (first, second, alone, parent)] == [parent, parent, None, None]
    assert (known[second]["groklab.sweep"], known[second]["groklab.job"]) == (NAME, "1")
    runs = store.client.search_runs([store.experiment_id])
    assert len(runs) == 4


def test_the_parent_shows_what_was_searched_and_found(tmp_path):
    store = open_store(tmp_path, "groklab")
    run = store.client.get_run(deliver(make_search(tmp_path), store).run_id)
    assert run.info.run_name == NAME
    assert run.data.params["n_trials"] == "2"
    assert run.data.params["space.optimizer.lr"].startswith("FloatDistribution")
    assert run.data.metrics["search/optimism_gap"] == 0.25
    assert run.data.metrics["best/val/loss"] == 0.5
    assert run.data.tags["groklab.best"] == "optimizer.lr=0.02"
    assert run.data.tags["groklab.multirun"] == "search"
    assert "val/loss 0.5**, trial 1." in run.data.tags["mlflow.note.content"]
    assert {file.path for file in store.client.list_artifacts(run.info.run_id)} >= {"pictures", "search.json"}


def test_a_later_multirun_takes_a_finished_run_as_its_child(tmp_path):
    store = open_store(tmp_path, "groklab")
    make_search(tmp_path)
    job = make_job(tmp_path, "0" * 16, 0)
    run = deliver(job, store).run_id
    other = tmp_path / "multirun" / "digits_mlp-4567cdef"
    other.mkdir()
    set_status(other, "FINISHED")
    write_json(job / "sweep.json", {"sweep": other.name, "job": 4})
    deliver(job, store)
    parent = store.client.get_run(store.client.get_run(run).data.tags[PARENT])
    assert parent.data.tags["groklab.run"] == other.name


def test_a_deleted_parent_leaves_its_jobs_alone(tmp_path):
    store = open_store(tmp_path, "groklab")
    store.client.delete_run(deliver(make_search(tmp_path), store).run_id)
    store.seen.clear()
    run = deliver(make_job(tmp_path, "0" * 16, 0), store).run_id
    assert PARENT not in store.client.get_run(run).data.tags


def test_synchronizing_delivers_multiruns_with_their_jobs(tmp_path):
    make_search(tmp_path)
    make_job(tmp_path, "0" * 16, 0)
    places = (tmp_path / "multirun", tmp_path / "runs")
    assert sync(*places, root=tmp_path) == Synced(delivered=2, up_to_date=0)
    assert sync(*places, root=tmp_path) == Synced(delivered=0, up_to_date=2)
