"""Searches and repeated runs on the page."""

import re

import pytest

from groklab.errors import UserError
from groklab.report.gather import gather
from groklab.report.page import render

from .outputs import write_json

COMMAND = "python pipelines/train.py -m search=lr"


def search(name, **changes):
    trials = [
        {
            "number": n,
            "state": state,
            "params": {"optimizer.lr": 0.01 * (n + 1)},
            "values": [value] if value else None,
            "runs": [f"{n:016x}"] if value else [],
        }
        for n, state, value in ((0, "COMPLETE", 0.5), (1, "COMPLETE", 0.25), (2, "FAIL", None))
    ]
    known = {
        "search": name,
        "objective": ["val/loss"],
        "direction": ["minimize"],
        "trials": trials,
        "best": [1],
        "confirmed": {"mean": 0.375, "low": 0.3, "high": 0.45, "n": 3, "optimism_gap": 0.125},
        "importance": {"optimizer.lr": 0.75, "architecture.depth": 0.25},
    }
    return known | changes


def write_search(folder, **changes):
    """As a search leaves it in its folder."""
    write_json(folder / "search.json", search(folder.name, **changes))
    write_json(folder / "status.json", {"command": COMMAND})


def write_grid(folder):
    loss = {"mean": 0.5, "low": 0.4, "high": 0.6, "n": 3}
    group = {
        "varied": ["optimizer=sgd"],
        "monitor": "val/loss",
        "runs": ["a" * 16, "b" * 16, "c" * 16],
        "metrics": {"val/loss": loss},
    }
    write_json(folder / "groups.json", {"groups": [group]})


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&nbsp;", " "))


def test_a_search_says_what_it_tried_found_and_how_far_it_was_flattered(tmp_path):
    write_search(tmp_path / "multirun" / "digits-0123abcd")
    page = render(gather(tmp_path))
    text = words_of(page)
    assert "Of 3 trials (2 complete, 1 fail) the best is trial 1: val/loss 0.250, optimizer.lr 0.02." in text
    assert "On 3 fresh seeds: 0.375, 95% interval [0.300, 0.450]; optimism gap +0.125." in text
    assert COMMAND in text
    assert "Runs of the best trial: 0000000000000001." in text
    assert "val/loss of 2 trials of search digits-0123abcd: the first 0.500, the best 0.250 in trial 1." in text
    assert "Importance of the parameters: optimizer.lr 0.750, architecture.depth 0.250." in text


def test_what_the_pipeline_published_is_enough_and_is_told_once(tmp_path):
    """A fresh clone has searches/ from git and no multirun/."""
    write_json(tmp_path / "searches" / "digits.json", search("digits-0123abcd", command=COMMAND))
    page = render(gather(tmp_path))
    assert COMMAND in words_of(page)
    write_search(tmp_path / "multirun" / "digits-0123abcd")
    assert render(gather(tmp_path)) == page


@pytest.mark.parametrize("changes", [{"best": []}, {"objective": ["a", "b"], "direction": ["minimize"] * 2}])
def test_a_search_without_one_best_trial_is_left_out(tmp_path, changes):
    write_search(tmp_path / "multirun" / "digits-0123abcd", **changes)
    assert "Searches and repeated runs" not in render(gather(tmp_path))


def test_repeated_runs_have_a_mean_and_its_interval(tmp_path):
    write_grid(tmp_path / "multirun" / "digits-4567cdef")
    assert "optimizer=sgd val/loss 0.500 [0.400, 0.600] 3 aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb" in words_of(
        render(gather(tmp_path)).replace("<td", " <td")
    )


def test_without_multiruns_there_is_no_such_section(tmp_path):
    assert "Searches and repeated runs" not in render(gather(tmp_path))


def test_a_broken_file_is_named(tmp_path):
    folder = tmp_path / "multirun" / "digits-0123abcd"
    folder.mkdir(parents=True)
    (folder / "search.json").write_text("{")
    with pytest.raises(UserError, match=r"search\.json: cannot be read as JSON"):
        gather(tmp_path)
    write_search(folder, objective="val/loss")
    with pytest.raises(UserError, match=r"search\.json: objective must be a list, not 'val/loss'"):
        gather(tmp_path)
    write_search(folder)
    (folder / "groups.json").write_text('{"groups": [{"monitor": "val/loss"}]}')
    with pytest.raises(UserError, match=r"groups\.json: groups\[0\]\.metrics is missing"):
        gather(tmp_path)
