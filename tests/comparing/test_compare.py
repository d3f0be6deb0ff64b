"""What differs between two runs, or two multiruns, and what does not."""

import json

import pytest

from groklab.comparing.compare import compare
from groklab.comparing.finding import find
from groklab.errors import UserError
from tests.comparing.folders import write_grid, write_run, write_search
from tests.programs import finish, train


def test_a_run_differs_in_nothing_from_itself(tmp_path):
    write_run(tmp_path, "aaaa1111")
    found = compare("aaaa1111", "aaaa", root=tmp_path)
    assert str(found).endswith("\nNothing differs.")
    assert found.describe()["differences"] == {}


def test_each_section_tells_what_differs_in_it_and_nothing_else(tmp_path):
    write_run(tmp_path, "aaaa1111")
    code = {"groklab.tasks.task": "1" * 64, "groklab.seeds": "3" * 64, "mine.network": "4" * 64}
    write_run(tmp_path, "bbbb2222", lr=0.2, loss=0.25, accuracy=0.5, numpy="2.1.0", rows=90, code=code)
    differences = compare("aaaa", "bbbb", root=tmp_path).describe()["differences"]
    assert differences == {
        "config": {"optimizer.lr": {"a": 0.1, "b": 0.2}},
        "code": {"groklab.seeds": {"a": "2" * 64, "b": "3" * 64}, "mine.network": {"b": "4" * 64}},
        "data": {"counts.train": {"a": 100, "b": 90}},
        "environment": {"packages.numpy": {"a": "2.0.0", "b": "2.1.0"}},
        "metrics": {"val/loss": {"a": 0.5, "b": 0.25}, "test/accuracy": {"a": 0.75, "b": 0.5}},
    }


def test_metrics_have_their_difference_and_the_end_says_what_is_equal(tmp_path):
    write_run(tmp_path, "aaaa1111")
    write_run(tmp_path, "bbbb2222", loss=0.25)
    *_, row, _, last = str(compare("aaaa", "bbbb", root=tmp_path)).splitlines()
    assert row.split() == ["val/loss", "0.5", "0.25", "-0.25"]
    assert last == "The same in both: config, code, data, environment."


def test_code_of_a_run_from_before_is_unknown_not_equal(tmp_path):
    write_run(tmp_path, "aaaa1111", old=True)
    write_run(tmp_path, "bbbb2222", lr=0.2)
    found = compare("aaaa", "bbbb", root=tmp_path)
    assert found.unknown == {"code": ["A"]}
    assert str(found).endswith("The same in both: data, environment, metrics; unknown: code (of A).")


def test_a_model_has_the_scores_of_its_run(tmp_path):
    write_run(tmp_path, "aaaa1111", accuracy=0.25)
    write_run(tmp_path, "aaaa1111", place="digits_mlp")
    assert compare("digits_mlp", "aaaa1111", root=tmp_path).describe()["differences"] == {}


def test_two_searches_differ_in_their_best_and_in_what_their_best_runs_are(tmp_path):
    write_run(tmp_path, "aaaa1111")
    write_run(tmp_path, "bbbb2222", lr=0.2, loss=0.25)
    write_search(tmp_path, "first", [(0.1, 0.5, "aaaa1111"), (0.3, 0.75, "cccc3333")])
    write_search(tmp_path, "second", [(0.2, 0.25, "bbbb2222")])
    differences = compare("first", "second", root=tmp_path).describe()["differences"]
    assert differences["multirun"] == {
        "trials.complete": {"a": 2, "b": 1},
        "best.optimizer.lr": {"a": 0.1, "b": 0.2},
        "best": {"a": 0.5, "b": 0.25},
    }
    assert differences["config"] == {"optimizer.lr": {"a": 0.1, "b": 0.2}}


def test_two_grids_differ_in_their_words_their_jobs_and_their_best(tmp_path):
    for run in ("aaaa1111", "bbbb2222"):
        write_run(tmp_path, run)
    write_grid(tmp_path, "first", [(0.1, 0.5, "aaaa1111"), (0.3, 0.75, "bbbb2222")])
    write_grid(tmp_path, "second", [(0.1, None, "aaaa1111"), (0.3, 0.75, "bbbb2222")])
    assert compare("first", "second", root=tmp_path).describe()["differences"]["multirun"] == {
        "jobs.finished": {"a": 2, "b": 1},
        "best": {"a": 0.5, "b": 0.75},
        "best.job": {"a": 0, "b": 1},
        "best.optimizer.lr": {"a": "0.1", "b": "0.3"},
        "jobs.failed": {"b": 1},
    }


def test_a_run_and_a_multirun_do_not_compare(tmp_path):
    write_run(tmp_path, "aaaa1111")
    write_search(tmp_path, "first", [(0.1, 0.5, "aaaa1111")])
    with pytest.raises(UserError, match=r"first is a multirun and .*aaaa1111 is a run; compare two of a kind"):
        compare("aaaa", "first", root=tmp_path)


def test_a_name_is_found_by_its_first_letters_or_as_a_folder(tmp_path):
    folder = write_run(tmp_path, "aaaa1111")
    write_run(tmp_path, "aaaa2222")
    assert find("aaaa1", root=tmp_path) == find(str(folder), root=tmp_path) == folder
    with pytest.raises(UserError, match=r"aaaa: several begin so: .*aaaa1111, .*aaaa2222; give more of the name"):
        find("aaaa", root=tmp_path)


def test_a_whole_name_wins_over_those_that_begin_with_it(tmp_path):
    write_run(tmp_path, "aaaa1111", place="digits_mlp")
    write_grid(tmp_path, "digits_mlp-0123", [])
    assert find("digits_mlp", root=tmp_path).parent.name == "models"


def test_an_unknown_name_gets_the_nearest_ones(tmp_path):
    with pytest.raises(UserError, match="train something first"):
        find("digits_mpl", root=tmp_path)
    write_run(tmp_path, "aaaa1111", place="digits_mlp")
    with pytest.raises(UserError, match=r"Did you mean digits_mlp\?"):
        find("digits_mpl", root=tmp_path)
    with pytest.raises(UserError, match=r"The newest: .*models/digits_mlp\."):
        find("zzzz", root=tmp_path)


def test_the_program_prints_text_or_json_and_refuses_in_one_line(tmp_path):
    write_run(tmp_path, "aaaa1111")
    write_run(tmp_path, "bbbb2222", lr=0.2)
    status, out, _ = finish(train(tmp_path, "aaaa", "bbbb", name="compare"))
    assert status == 0
    assert out.splitlines()[-1] == "The same in both: code, data, environment, metrics."
    status, out, _ = finish(train(tmp_path, "aaaa", "bbbb", "--json", name="compare"))
    assert json.loads(out)["differences"] == {"config": {"optimizer.lr": {"a": 0.1, "b": 0.2}}}
    status, out, err = finish(train(tmp_path, "aaaa", "cccc", name="compare"))
    assert (status, out, len(err.splitlines())) == (1, "", 1)
