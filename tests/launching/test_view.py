"""What a multirun shows: lines in a log, a table on a terminal."""

import io
import logging
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from rich.console import Console

from groklab.launching import view as module
from groklab.launching.devices import Slot
from groklab.launching.job import Ended, Job
from groklab.launching.view import View

CORE = Slot("core 0", {})


def job(number, *varied):
    return Job(number, varied, varied, OmegaConf.create(), "sweep", Path("job.log"))


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def shown_on(*, terminal, total=4):
    file = io.StringIO()
    return View("trial", total, console=Console(file=file, force_terminal=terminal, width=100)), file


def test_a_log_gets_a_line_for_each_job_and_nothing_that_moves(caplog):
    caplog.set_level(logging.INFO)
    view, file = shown_on(terminal=False)
    with view:
        view.started(job(3, "lr=1"), CORE)
        view.done = 1
        view.ended(Ended(3, "FINISHED"), "0.5  lr=1")
    assert caplog.messages == ["trial 3 FINISHED: 0.5  lr=1  [1 of 4]"]
    assert file.getvalue() == ""


def test_the_time_left_is_what_the_jobs_before_took_shared_by_the_slots(caplog, clock):
    """Two jobs of 10 s and 20 s; 2 of 10 done: 8 of 15 s each, one slot busy."""
    caplog.set_level(logging.INFO)
    view, _ = shown_on(terminal=False, total=10)
    view.started(job(0), CORE)
    view.started(job(1), Slot("core 1", {}))
    clock[0] = 10.0
    view.ended(Ended(0, "FINISHED"), "")
    view.started(job(2), CORE)
    clock[0] = 20.0
    view.done = 2
    view.ended(Ended(1, "FINISHED"), "")
    assert caplog.messages[-1].endswith("[2 of 10, about 2 min left]")


def test_a_terminal_gets_slots_last_lines_and_the_best(clock):
    view, file = shown_on(terminal=True)
    with view:
        view.started(job(2, "lr=0.1", "depth=3"), CORE)
        clock[0] = 12.0
        view.best, view.done = "best val/loss 0.25 (trial 1)", 1
        view.say("trial 1 FINISHED: 0.25")
    shown = file.getvalue()
    for text in ("core 0", "12", "lr=0.1 depth=3", "trial 1 FINISHED: 0.25", "1 of 4", "best val/loss 0.25 (trial 1)"):
        assert text in shown


def test_brackets_in_a_job_s_words_are_words(clock):
    view, file = shown_on(terminal=True)
    with view:
        view.started(job(0, "regularizer=[l2,dropout]"), CORE)
        view.say("job 0 FAILED: [bold]")
    assert "regularizer=[l2,dropout]" in file.getvalue()
    assert "job 0 FAILED: [bold]" in file.getvalue()


def test_a_job_that_is_over_frees_its_slot(clock):
    view, file = shown_on(terminal=True)
    view.started(job(0, "first=1"), CORE)
    view.ended(Ended(0, "FAILED"), "why")
    with view:
        view.started(job(1, "second=1"), CORE)
    assert "second=1" in file.getvalue()
    assert "first=1" not in file.getvalue()
