"""A study's journal: what a killed writer leaves is mended, and its lock goes with it."""

import multiprocessing
import os
import signal
import time

import pytest
from optuna.pruners import NopPruner

from groklab.errors import UserError
from groklab.search.storage import JOURNAL, KernelLock, open_storage, open_study


def study_in(folder, *directions):
    return open_study(open_storage(None, folder), "name", directions or ["minimize"], NopPruner())


def test_a_study_that_is_opened_again_has_its_trials(tmp_path):
    study = study_in(tmp_path)
    study.tell(study.ask(), 0.5)
    assert [trial.value for trial in study_in(tmp_path).trials] == [0.5]


def test_a_last_line_that_was_torn_is_cut_off_and_writing_goes_on(tmp_path):
    study = study_in(tmp_path)
    study.tell(study.ask(), 0.5)
    whole = (tmp_path / JOURNAL).read_bytes()
    (tmp_path / JOURNAL).write_bytes(whole + b'{"op_code": 4, "wor')
    again = study_in(tmp_path)
    assert (tmp_path / JOURNAL).read_bytes().startswith(whole)
    again.tell(again.ask(), 0.25)
    assert [trial.value for trial in study_in(tmp_path).trials] == [0.5, 0.25]


def test_a_first_line_that_was_torn_leaves_an_empty_journal(tmp_path):
    (tmp_path / JOURNAL).write_bytes(b'{"op_co')
    assert study_in(tmp_path).trials == []


def hold(path, connection):
    KernelLock(path).acquire()
    connection.send("held")
    time.sleep(60)


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path):
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(tmp_path / JOURNAL, theirs), daemon=True)
    process.start()
    assert ours.recv() == "held"
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    started = time.monotonic()
    lock = KernelLock(tmp_path / JOURNAL)
    assert lock.acquire()
    lock.release()
    assert time.monotonic() - started < 5


def test_a_study_that_goes_the_other_way_is_refused(tmp_path):
    study_in(tmp_path)
    with pytest.raises(UserError, match=r"^hydra.sweeper.direction: study name goes to minimize, not maximize; give"):
        study_in(tmp_path, "maximize")


def test_a_storage_that_cannot_be_opened_is_named_without_its_password(tmp_path):
    with pytest.raises(UserError, match=r"^hydra.sweeper.storage=nonsense://.*: cannot be opened") as refused:
        open_storage("nonsense://me:secret@host/db", tmp_path)
    assert "secret" not in str(refused.value)
