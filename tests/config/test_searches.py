"""What a search found, taken up by name: searches/NAME.yaml of the working folder."""

import pytest
import yaml

from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.config.resolution import resolve_all
from groklab.errors import UserError
from tests.programs import ROOT, finish, train

CONF = ROOT / "conf"
TUNED = "experiment=tuned/digits_mlp_tuned"


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Writes what a search found, into the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "searches").mkdir()

    def write(text):
        (tmp_path / "searches" / "digits_mlp_lr_depth.yaml").write_text(f"# @package _global_\n{text}")

    return write


def test_values_and_choices_of_a_search_win_over_the_experiment_s(found):
    found("defaults:\n- override /optimizer: sgd\noptimizer:\n  lr: 0.5\ntrainer:\n  max_epochs: 7\n")
    for words in ([TUNED], ["experiment=digits_mlp", "searches=digits_mlp_lr_depth"]):
        config = check(*compose_config(CONF, words))
        assert (config["optimizer"]["_target_"], config["optimizer"]["lr"]) == ("torch.optim.SGD", 0.5)
        assert config["trainer"]["max_epochs"] == 7
    assert check(*compose_config(CONF, [TUNED, "optimizer.lr=0.25"]))["optimizer"]["lr"] == 0.25


@pytest.mark.parametrize("words", [[TUNED], ["experiment=digits_mlp", "searches=digits_mlp_lr_depth"]])
def test_a_wrong_key_in_it_is_named_with_its_file(found, words):
    found("optimizer:\n  lrr: 0.5\n")
    with pytest.raises(UserError, match=r"^searches/digits_mlp_lr_depth\.yaml: optimizer\.lrr is not an argument"):
        check(*compose_config(CONF, words))


def test_the_experiment_that_it_is_based_on_is_named_too(found):
    found("optimizer:\n  lr: 0.5\n")
    _, origins = compose_config(CONF, [TUNED])
    assert origins.of("optimizer", "lr") == "searches/digits_mlp_lr_depth.yaml"
    assert origins.of("trainer", "max_epochs").endswith("conf/experiment/digits_mlp.yaml")
    assert origins.of("name").endswith("conf/experiment/tuned/digits_mlp_tuned.yaml")


@pytest.mark.parametrize(
    ("words", "source"),
    [([TUNED], "tuned/digits_mlp_tuned.yaml"), (["searches=digits_mlp_lr_depth"], "command line")],
)
@pytest.mark.parametrize("others", [(), ("other",)])
def test_a_search_that_found_nothing_yet_is_one_line(tmp_path, words, source, others):
    for name in others:
        (tmp_path / "searches").mkdir()
        (tmp_path / "searches" / f"{name}.yaml").write_text("# @package _global_\noptimizer:\n  lr: 1\n")
    status, _, err = finish(train(tmp_path, *words))
    assert status == 1
    (line,) = err.splitlines()
    known = ", ".join(others) or "none"
    assert f"{source}: there is no searches/digits_mlp_lr_depth.yaml (known: {known}); the search of" in line


def test_a_search_is_resolved_with_its_sweeper(tmp_path):
    resolve_all(CONF, tmp_path)
    resolved = yaml.safe_load((tmp_path / "search" / "digits_mlp_lr_depth.yaml").read_text())
    sweeper = resolved["hydra"]["sweeper"]
    assert resolved["architecture"]["width"] == 128
    assert sweeper["_target_"].endswith("OptunaSweeper")
    assert sweeper["n_trials"] == 8
    assert set(sweeper["params"]) == {"optimizer.lr", "architecture.depth"}
