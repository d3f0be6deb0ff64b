"""What a run's address depends on, and what it does not."""

import copy
import sys

import pytest

from groklab.config.check import check
from groklab.config.composition import compose_config
from groklab.identity import code_digest, code_of, identity
from tests.programs import ROOT


@pytest.fixture(scope="module")
def config():
    return check(*compose_config(ROOT / "conf", ["experiment=digits_mlp"]))


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of the user's: a network that imports a layer."""
    folder = tmp_path / "mynets"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "layer.py").write_text("def width():\n    return 3\n")
    (folder / "network.py").write_text('"""A network."""\nfrom mynets.layer import width\nsize = width() + 1\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("GROKLAB_ALLOW", "mynets")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "mynets"]:
        del sys.modules[name]


def changed(config, key, value):
    other = copy.deepcopy(config)
    *path, last = key.split(".")
    node = other
    for part in path:
        node = node[part]
    assert node[last] != value
    node[last] = value
    return identity(other, fingerprint="f")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("optimizer.lr", 0.5),
        ("seed", 1),
        ("architecture.width", 7),
        ("regularizer.dropout.p", 0.5),
        ("trainer.max_epochs", 2),
        ("trainer.precision", "bf16-mixed"),
        ("data.split_seed", 1),
    ],
)
def test_what_changes_the_result_changes_the_address(config, key, value):
    assert changed(config, key, value) != identity(config, fingerprint="f")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "other"),
        ("force", True),
        ("test", False),
        ("publish", True),
        ("trainer.accelerator", "gpu"),
        ("trainer.devices", 2),
        ("trainer.num_threads", 2),
        ("trainer.checkpoint_every_s", 1.0),
        ("trainer.profiler", "simple"),
        ("tracking.experiment_name", "other"),
        ("evaluation.calibration_bins", 5),
    ],
)
def test_where_and_how_it_is_watched_does_not(config, key, value):
    assert changed(config, key, value) == identity(config, fingerprint="f")


def test_other_data_have_another_address(config):
    assert identity(config, fingerprint="g") != identity(config, fingerprint="f")


def rewritten(file, old, new):
    before = code_digest(["mynets.network"])
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return before, code_digest(["mynets.network"])


@pytest.mark.parametrize(
    ("old", "new"), [("size =", "# why\nsize ="), ('"""A network."""', '"""Mine."""'), ("width() + 1", "width()  +  1")]
)
def test_comments_docstrings_and_layout_do_not_enter(package, old, new):
    before, after = rewritten(package / "network.py", old, new)
    assert after == before


def test_code_enters(package):
    before, after = rewritten(package / "network.py", "+ 1", "+ 2")
    assert after != before


def test_code_that_is_imported_enters(package):
    before, after = rewritten(package / "layer.py", "return 3", "return 4")
    assert after != before


def test_the_code_that_matters_is_told_by_module(config):
    code = code_of(config)
    assert {"groklab.assembly", "groklab.architectures.mlp", "groklab.training.fit"} <= code.keys()
    assert "groklab.errors" not in code
    assert all(len(value) == 64 for value in code.values())


def test_only_the_module_that_changed_has_another_hash(config, package):
    config = {**config, "architecture": {"_target_": "mynets.network.Network"}}
    before = code_of(config)
    (package / "layer.py").write_text("def width():\n    return 4\n")
    after = code_of(config)
    assert [name for name in before if before[name] != after[name]] == ["mynets.layer"]
