import csv
import json

import pytest

from groklab.launching.groups import grouped, write_groups
from groklab.launching.job import Ended, Request
from groklab.outcome import Outcome, Trained


def job(number, seed, *varied, loss, mode="min"):
    run = Trained(f"{number:016}", "metrics.json", "val/loss", mode, {"val/loss": loss, "val/accuracy": 1 - loss})
    words = (*varied, f"seed={seed}")
    return Request(number, ("experiment=e", *words), words), Ended(number, "FINISHED", value=Outcome((run,)))


def test_jobs_that_differ_in_the_seed_alone_are_one_group_and_the_best_comes_first():
    jobs = [job(0, 0, "lr=1", loss=0.5), job(1, 1, "lr=1", loss=0.7), job(2, 0, "lr=2", loss=0.1)]
    first, second = grouped(reversed(jobs))
    assert (first.varied, second.varied) == (("lr=2",), ("lr=1",))
    assert second.values("val/loss") == [0.5, 0.7]
    assert second.overrides == ("experiment=e", "lr=1")


def test_a_larger_value_is_the_better_one_where_it_is_maximized():
    jobs = [job(n, n % 2, f"lr={n // 2}", loss=n, mode="max") for n in range(4)]
    assert [group.varied for group in grouped(jobs)] == [("lr=1",), ("lr=0",)]


def test_single_runs_are_no_groups():
    assert grouped([job(0, 0, "lr=1", loss=0.5), job(1, 0, "lr=2", loss=0.7)]) == []


def test_a_run_that_two_jobs_ask_for_counts_once():
    (request, ended), other = job(0, 0, loss=0.5), job(1, 1, loss=0.7)
    again = (Request(2, request.overrides, request.varied), ended)
    (group,) = grouped([(request, ended), other, again])
    assert len(group.runs) == 2


def test_an_only_group_is_single_numbers_with_student_s_interval(tmp_path):
    """Of 1, 2, 3 the mean is 2, s is 1 and t(0.975, 2) is 4.303: 2 +- 4.303 / sqrt(3) = 2 +- 2.484."""
    write_groups(grouped([job(n, n, loss=n + 1) for n in range(3)]), tmp_path)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["split"] == "group"
    assert metrics["metrics"]["val/loss/mean"] == 2
    assert metrics["metrics"]["val/loss/low"] == pytest.approx(-0.484, abs=1e-3)
    assert metrics["metrics"]["val/loss/high"] == pytest.approx(4.484, abs=1e-3)
    assert metrics["metrics"]["val/accuracy/n"] == 3
    (group,) = json.loads((tmp_path / "groups.json").read_text())["groups"]
    assert group["metrics"]["val/loss"]["values"] == [1, 2, 3]
    assert len(group["runs"]) == 3


def test_several_groups_are_a_table(tmp_path):
    write_groups(grouped([job(n, n % 2, f"lr={n // 2}", loss=n) for n in range(4)]), tmp_path)
    rows = list(csv.DictReader((tmp_path / "plots" / "groups.csv").open()))
    assert [(row["lr"], row["n"], row["val/loss"]) for row in rows] == [("0", "2", "0.5"), ("1", "2", "2.5")]
    assert not (tmp_path / "metrics.json").exists()
