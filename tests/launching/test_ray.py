"""A search on a Ray cluster of two nodes, each with files of its own, against one on this machine."""

import json
import time

import psutil
import pytest

from tests.programs import finish, status, train

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = pytest.mark.slow

_SEARCH = (
    "-m",
    "experiment=digits_linear",
    "tracking=none",
    "hydra/sweeper=optuna",
    "hydra/sweeper/sampler=random",
    "hydra.sweeper.confirm=0",
)


def about(folder, name):
    return {"num_cpus": 1, "object_store_memory": 100 << 20, "env_vars": {"OWN": str(folder / name)}}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Two nodes of one core; ``$OWN`` is a folder of each."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    head = {**about(tmp_path, "first"), "include_dashboard": False}
    found = Cluster(initialize_head=True, head_node_args=head)
    found.add_node(**about(tmp_path, "second"))
    yield found
    found.shutdown()


def on(cluster):
    return ("hydra/launcher=ray", f"hydra.launcher.address={cluster.address}", "hydra.launcher.folder=$OWN")


def trials(folder):
    (path,) = folder.glob("multirun/*/search.json")
    return json.loads(path.read_text())["trials"]


def kill_machine(node):
    """All of a node's processes at once, as a power cut does."""
    processes = [info.process.pid for each in node.all_processes.values() for info in each]
    family = [psutil.Process(pid) for pid in processes]
    for process in [child for parent in family for child in parent.children(recursive=True)] + family:
        process.kill()


def test_two_nodes_find_what_this_machine_finds(tmp_path, cluster):
    words = (
        *_SEARCH,
        "hydra.sweeper.n_trials=4",
        "hydra.sweeper.pruner._target_=optuna.pruners.ThresholdPruner",
        "+hydra.sweeper.pruner.upper=1.0",
        "optimizer.lr=tag(log,interval(1e-5,1e-1))",
        "trainer.max_epochs=3",
    )
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    code, _, err = finish(train(tmp_path / "here", *words, "hydra.launcher.slots=2"), timeout=400)
    assert code == 0, err
    code, _, err = finish(train(tmp_path / "there", *words, *on(cluster)), timeout=400)
    assert code == 0, err
    keys = ("number", "state", "params", "values", "runs")
    here, there = ([[trial[key] for key in keys] for trial in trials(tmp_path / where)] for where in ("here", "there"))
    assert here == there
    assert {"COMPLETE", "PRUNED"} == {trial[1] for trial in here}
    for trial in trials(tmp_path / "there"):
        for run in trial["runs"]:
            files = [
                {
                    p.relative_to(tmp_path / where)
                    for p in (tmp_path / where / "runs" / run).rglob("*.*")
                    if p.name != "previous.ckpt"
                }
                for where in ("here", "there")
            ]
            assert files[0] == files[1]
    assert all(list((tmp_path / node / "data/prepared").glob("digits@*")) for node in ("first", "second"))


def test_a_search_outlives_a_node_takes_a_new_one_and_the_trial_goes_on(tmp_path, cluster):
    words = ("hydra.sweeper.n_trials=3", "optimizer.lr=tag(log,interval(1e-3,1e-1))", "trainer.max_epochs=240")
    often = ("trainer.checkpoint_every_s=0", "trainer.batches_per_call=4")
    folder = tmp_path / "there"
    folder.mkdir()
    process = train(folder, *_SEARCH, *words, *often, *on(cluster))

    def lost():
        """A run of the second node whose checkpoint has come back."""
        there = [path.parent.name for path in (tmp_path / "second").glob("runs/*/status.json")]
        return [run for run in there if (folder / "runs" / run / "checkpoints/last.ckpt").exists()]

    end = time.monotonic() + 200
    while not lost():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "no checkpoint came back"
        time.sleep(0.1)
    (run,) = lost()
    assert status(folder / "runs" / run)["status"] == "RUNNING"
    kill_machine(cluster.worker_nodes.copy().pop())
    cluster.add_node(**about(tmp_path, "third"))
    code, _, err = finish(process, timeout=400)
    assert code == 0, err
    assert "lost with its node" in err
    found = trials(folder)
    assert [trial["state"] for trial in found].count("COMPLETE") == 3
    (retry,) = (trial for trial in found if trial["retry_of"] is not None)
    assert retry["runs"] == [run] == found[retry["retry_of"]]["runs"]
    assert status(folder / "runs" / run)["status"] == "FINISHED"
    (log,) = folder.glob(f"multirun/*/{retry['number']}/job.log")
    assert "resuming from" in log.read_text()
    assert list((tmp_path / "third" / "data/prepared").glob("digits@*")), "the node that joined got no job"
