import pytest
import yaml

from groklab.config.resolution import resolve_all
from groklab.errors import UserError
from tests.programs import ROOT

CONF = ROOT / "conf"


def names(folder):
    return sorted(path.stem for path in folder.glob("*.yaml"))


def test_a_folder_of_experiments_is_resolved_alone(tmp_path):
    number = resolve_all(CONF, tmp_path, "reference")
    assert names(tmp_path) == names(CONF / "experiment" / "reference")
    assert number == len(names(tmp_path)) + len(names(tmp_path / "data"))
    resolved = yaml.safe_load((tmp_path / "mnist_logistic.yaml").read_text())
    assert (resolved["data"]["name"], resolved["architecture"]["num_inputs"]) == ("mnist", 784)


def test_what_has_no_experiment_any_more_goes(tmp_path):
    (tmp_path / "old.yaml").write_text("name: old\n")
    resolve_all(CONF, tmp_path, "reference")
    assert not (tmp_path / "old.yaml").exists()


def test_a_folder_without_experiments_is_refused_and_nothing_is_touched(tmp_path):
    (tmp_path / "old.yaml").write_text("name: old\n")
    with pytest.raises(UserError, match="there is no experiment"):
        resolve_all(CONF, tmp_path, "referense")
    assert (tmp_path / "old.yaml").exists()
