"""A run's own config, run again with changes."""

import pytest

from groklab.errors import UserError
from groklab.rerunning import arguments, command_of
from tests.comparing.folders import write_run, write_search
from tests.programs import finish, result, status, train

TINY = ("experiment=digits_linear", "trainer.max_epochs=1", "tracking=none")


@pytest.mark.slow
def test_the_same_config_finds_its_run_and_a_changed_one_is_what_the_change_makes(tmp_path):
    first = result(tmp_path, *TINY, "publish=true", "seeds=1")
    code, out, err = finish(train(tmp_path, "digits_linear", name="rerun"))
    assert code == 0, err
    assert out.split()[1] == first.name
    code, out, err = finish(train(tmp_path, first.name[:6], "optimizer.lr=0.01", name="rerun"))
    assert code == 0, err
    changed = tmp_path / "runs" / out.split()[1]
    assert status(changed)["command"] == f"python pipelines/rerun.py {first.name} optimizer.lr=0.01"
    assert changed == result(tmp_path, *TINY, "optimizer.lr=0.01")
    code, out, err = finish(train(tmp_path, first.name, "optimizer.lrr=0.01", name="rerun"))
    assert code == 1
    assert err == "command line: there is no key optimizer.lrr. Did you mean optimizer.lr?\n"


def test_what_was_asked_of_the_old_run_is_not_asked_of_the_new_one(tmp_path):
    folder = write_run(tmp_path, "aaaa1111")
    words = arguments("aaaa", ["force=true", "seed=3"], root=tmp_path)
    assert words[:4] == ["-cp", str(folder), "-cn", "config"]
    assert words[-2:] == ["force=true", "seed=3"]
    assert {"++force=false", "++publish=false", "++seeds=1"} <= set(words[:-2])


def test_a_command_without_changes_is_the_old_one(tmp_path):
    folder = write_run(tmp_path, "aaaa1111")
    assert command_of(folder, ["++seeds=1"]) == "python pipelines/train.py experiment=digits_mlp"
    assert command_of(folder, ["++seeds=1", "seed=3"]) == "python pipelines/rerun.py aaaa1111 seed=3"
    assert command_of(tmp_path, ["seed=3"]) is None


@pytest.mark.parametrize(
    ("name", "word", "why"),
    [
        ("aaaa", "seed", "seed: is not KEY=VALUE"),
        ("aaaa", "-m", "-m: is not KEY=VALUE"),
        ("aaaa", "optimizer=adam", "optimizer=adam: the run's config holds its parts"),
        ("search", "seed=1", "search is a multirun; give its own command again: python pipelines/train.py -m"),
        ("bbbb", "seed=1", "bbbb: there is no such run"),
    ],
)
def test_what_cannot_be_run_again_is_refused(tmp_path, name, word, why):
    write_run(tmp_path, "aaaa1111")
    write_search(tmp_path, "search", [(0.1, 0.5, "aaaa1111")])
    with pytest.raises(UserError, match=why):
        arguments(name, [word], root=tmp_path)
