"""Searches and repeated runs on the page."""

import re

import pytest

from groklab.errors import UserError
from groklab.report.gather import gather
from groklab.report.page import render

from .outputs import write_json, write_picture


def write_search(folder):
    trials = [
        {"number": n, "state": state, "params": {"optimizer.lr": 0.01 * (n + 1)}, "values": [value] if value else None}
        for n, state, value in ((0, "COMPLETE", 0.5), (1, "COMPLETE", 0.25), (2, "FAIL", None))
    ]
    confirmed = {"mean": 0.375, "low": 0.3, "high": 0.45, "n": 3, "optimism_gap": 0.125}
    write_json(
        folder / "search.json", {"objective": ["val/loss"], "trials": trials, "best": [1], "confirmed": confirmed}
    )
    write_json(folder / "status.json", {"command": "python pipelines/train.py -m search=lr"})
    write_picture(folder / "pictures" / "history.png")


def write_grid(folder):
    loss = {"mean": 0.5, "low": 0.4, "high": 0.6, "n": 3}
    group = {"varied": ["optimizer=sgd"], "monitor": "val/loss", "n": 3, "metrics": {"val/loss": loss}}
    write_json(folder / "groups.json", {"groups": [group]})


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&nbsp;", " "))


def test_a_search_says_what_it_tried_found_and_how_far_it_was_flattered(tmp_path):
    write_search(tmp_path / "multirun" / "digits-0123abcd")
    page = render(gather(tmp_path))
    text = words_of(page)
    assert "Of 3 trials (2 complete, 1 fail) the best is trial 1: val/loss 0.250, optimizer.lr 0.02." in text
    assert "On 3 fresh seeds: 0.375, 95% interval [0.300, 0.450]; optimism gap +0.125." in text
    assert "python pipelines/train.py -m search=lr" in text
    assert page.count('<img src="data:image/png;base64,') == 1


def test_repeated_runs_have_a_mean_and_its_interval(tmp_path):
    write_grid(tmp_path / "multirun" / "digits-4567cdef")
    assert "optimizer=sgd val/loss 0.500 [0.400, 0.600] 3" in words_of(render(gather(tmp_path)).replace("<td", " <td"))


def test_without_multiruns_there_is_no_such_section(tmp_path):
    assert "Searches and repeated runs" not in render(gather(tmp_path))


def test_a_broken_file_is_named(tmp_path):
    folder = tmp_path / "multirun" / "digits-0123abcd"
    folder.mkdir(parents=True)
    (folder / "search.json").write_text("{")
    with pytest.raises(UserError, match=r"search\.json: cannot be read as JSON"):
        gather(tmp_path)
