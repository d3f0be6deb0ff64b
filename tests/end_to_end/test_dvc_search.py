"""A search as a stage: what it found is taken up by name, and DVC sees what it rests on."""

import json
import shutil

import pytest
import yaml

from tests.end_to_end.test_dvc import IDENTITY, dvc, run, set_in, stages
from tests.small_pipeline import carry

SEARCH, TUNED = "digits_mlp_lr_depth", "digits_mlp_tuned"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone")
    carry(folder, (TUNED,), searches=(SEARCH,), also=("digits_mlp",))
    experiment = folder / "conf" / "experiment" / "digits_mlp.yaml"
    set_in(experiment, "trainer.max_epochs", 1)
    experiment.write_text(experiment.read_text().replace("defaults:\n", "defaults:\n- override /tracking: none\n"))
    set_in(folder / "conf" / "experiment" / "search" / f"{SEARCH}.yaml", "trainer.max_epochs", 1)
    set_in(folder / "conf" / "experiment" / "search" / f"{SEARCH}.yaml", "hydra.sweeper", {"n_trials": 2, "confirm": 1})
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", *IDENTITY, "commit", "-qm", "small")
    return folder


def changed(clone):
    """Stages of which something that they rest on has changed."""
    return set(json.loads(dvc(clone, "status", "--json").strip().splitlines()[-1]))


def test_an_experiment_takes_up_what_the_search_found(clone):
    assert stages(dvc(clone, "repro")) == [
        *("resolve", "prepare@digits", f"search@{SEARCH}", "resolve_tuned"),
        *(f"train@{TUNED}", f"evaluate@{TUNED}", "report"),
    ]
    found = yaml.safe_load((clone / "searches" / f"{SEARCH}.yaml").read_text())
    resolved = yaml.safe_load((clone / "resolved_tuned" / f"{TUNED}.yaml").read_text())
    assert resolved["optimizer"]["lr"] == found["optimizer"]["lr"]
    assert resolved["architecture"]["depth"] == found["architecture"]["depth"]
    assert sorted(path.name for path in (clone / "models").iterdir() if path.is_dir()) == [TUNED]
    page = (clone / "reports" / "index.html").read_text()
    assert "Of 2 trials" in page
    shutil.rmtree(clone / "multirun")  # which a fresh clone has not: what the pipeline declares must be enough
    dvc(clone, "repro", "--force", "--single-item", "report")
    assert (clone / "reports" / "index.html").read_text() == page
    assert changed(clone) == set()


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("conf/search/lr_depth.yaml", "1e-1", "1e-2"),
        ("conf/data/digits.yaml", "val_fraction: 0.16", "val_fraction: 0.2"),
        ("src/groklab/search/trials.py", "_ATTEMPTS = 3", "_ATTEMPTS = 4"),
    ],
)
def test_another_space_other_data_and_other_code_are_seen(clone, tmp_path, file, before, after):
    path = clone / file
    text = path.read_text()
    assert before in text
    shutil.copytree(clone / "resolved", tmp_path / "resolved")
    path.write_text(text.replace(before, after))
    if file.startswith("conf"):
        dvc(clone, "repro", "resolve")
    assert f"search@{SEARCH}" in changed(clone)
    path.write_text(text)
    shutil.copytree(tmp_path / "resolved", clone / "resolved", dirs_exist_ok=True)
    assert f"search@{SEARCH}" not in changed(clone)
