"""FAULTS rows 28-31: a config is right or refused, and never runs code."""

import os
import random
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from omegaconf import OmegaConf

from groklab.claims.definition import read_claim
from groklab.config import explain
from groklab.config.check import check
from groklab.config.composition import compose_config, compose_hydra
from groklab.errors import UserError
from tests.programs import ROOT, TORTURE, finish, train

CONF = ROOT / "conf"
EDITS_A_KEY = 40 if TORTURE else 1


def refusal(conf, overrides):
    """The one line that refuses what ``overrides`` compose, a claim among it."""
    try:
        check(*compose_config(conf, overrides))
        if any(word.startswith("claim=") for word in overrides):
            sweeper = OmegaConf.to_container(compose_hydra(conf, overrides).sweeper, resolve=True)
            read_claim({key: value for key, value in sweeper.items() if not key.startswith("_")})
    except UserError as error:
        return str(error)
    except Exception as error:
        program = str(conf.parent / "pipelines" / "train.py")
        before, sys.argv = sys.argv, [program, *overrides]
        try:
            message = explain.explain(error)
        finally:
            sys.argv = before
        assert message is not None, repr(error)
        return message
    return None


def misspellings(word, choose):
    """Words one edit away: deletion, insertion, substitution, swap of neighbours."""
    letters = string.ascii_lowercase + "_"
    found = set()
    for i in range(len(word)):
        found.add(word[:i] + word[i + 1 :])
        found.add(word[:i] + choose.choice(letters) + word[i:])
        found.add(word[:i] + choose.choice(letters) + word[i + 1 :])
        found.add(word[:i] + word[i : i + 2][::-1] + word[i + 2 :])
    found = {wrong for wrong in found - {word} if not wrong[:1].isdigit() and wrong}  # Hydra takes "2l" for no key
    return choose.sample(sorted(found), min(EDITS_A_KEY, len(found)))


def keys(node, path=()):
    """Paths of all keys of a YAML."""
    if isinstance(node, dict):
        for key, child in node.items():
            if path[-1:] != ("arms",):  # an arm has any name
                yield (*path, key)
            if key not in ("defaults", "params", "tune", "factors"):  # keys of others, checked when a job is composed
                yield from keys(child, (*path, key))


def renamed(node, path, name):
    head, *rest = path
    return {
        (name if key == head and not rest else key): (renamed(child, rest, name) if key == head and rest else child)
        for key, child in node.items()
    }


def uses(file):
    """Overrides that compose a config which takes in ``file``."""
    parts = file.relative_to(CONF).with_suffix("").parts
    if parts[0] in ("config", "multirun"):
        return []
    if parts[0] == "referee":
        return ["claim=l1_gap"]
    if parts[0] == "experiment":
        return [f"experiment={'/'.join(parts[1:])}"]
    if parts[0] == "baseline":
        kind = parts[1] if parts[1] != "none" else "classification"
        regression = ["data=diabetes", "task=regression", "loss=mse"] if kind == "regression" else []
        return [*regression, f"baseline={parts[1]}"]
    if parts[0] in ("task", "evaluation") and parts[1] == "regression":
        return ["data=diabetes", "task=regression", "loss=mse"]
    return [f"{parts[0]}=[{parts[1]}]" if parts[0] == "regularizer" else f"{parts[0]}={parts[1]}"]


YAMLS = {path: yaml.safe_load(path.read_text()) for path in sorted(CONF.rglob("*.yaml"))}
FILES = [path for path, node in YAMLS.items() if isinstance(node, dict)]
ALIKE = {(path.parent, frozenset(keys(node))): path for path, node in YAMLS.items() if path.parent.name == "claim"}
FILES = [path for path in FILES if path.parent.name != "claim" or path in ALIKE.values()]  # one of equal keys
KEYS = {path[-1] for node in YAMLS.values() for path in keys(node)}


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(CONF)))
def test_a_misspelt_key_in_a_yaml_is_refused_with_the_right_one(tmp_path, file):
    shutil.copytree(CONF, tmp_path / "conf")
    copy = tmp_path / "conf" / file.relative_to(CONF)
    text, node = file.read_text(), yaml.safe_load(file.read_text())
    header = "".join(line for line in text.splitlines(keepends=True) if line.startswith("# @package"))
    choose = random.Random(str(file.relative_to(CONF)))
    for path in keys(node):
        for wrong in misspellings(path[-1], choose):
            if wrong in KEYS:  # another key, and no misspelling
                continue
            copy.write_text(header + yaml.safe_dump(renamed(node, path, wrong), sort_keys=False))
            message = refusal(tmp_path / "conf", uses(file))
            assert message, f"{'.'.join(path)} as {wrong} was taken"
            assert "\n" not in message
            assert path[-1] in message.split("Did you mean")[-1], message


def composed_keys():
    config, _ = compose_config(CONF, ["regularizer=[l1,l2,dropout,batch_norm,early_stopping]"])
    return list(keys(OmegaConf.to_container(config)))


@pytest.mark.parametrize("sign", ["", "+"])
def test_a_misspelt_key_on_the_command_line_is_refused_with_the_right_one(sign):
    base = ["regularizer=[l1,l2,dropout,batch_norm,early_stopping]"]
    known = composed_keys()
    choose = random.Random(sign)
    for path in known:
        wrong = misspellings(path[-1], choose)[0]
        if (*path[:-1], wrong) in known or path[-1] == "_target_":
            continue
        message = refusal(CONF, [*base, f"{sign}{'.'.join((*path[:-1], wrong))}=1"])
        assert message, f"{'.'.join(path)} as {wrong} was taken"
        assert message.startswith("command line: ")
        assert path[-1] in message.split("Did you mean")[-1], message


@pytest.mark.parametrize(
    ("override", "mend"),
    [
        ("optimizer=adma", "optimizer=adam"),
        ("optimzer=adam", "optimizer"),
        ("+optimzer=adam", "optimizer"),
        ("experiment=digits_mpl", "experiment=digits_mlp"),
        ("regularizer=[l1,drpout]", "regularizer=dropout"),
        ("hydra.run.dri=x", "hydra.run.dir"),
    ],
)
def test_a_misspelt_choice_is_refused_with_the_right_one(override, mend):
    assert refusal(CONF, [override]).endswith(f"Did you mean {mend}?")


def test_values_of_a_part_that_is_not_chosen_are_refused_with_both_ways_out():
    said = refusal(CONF, ["experiment=mnist5k_mlp", "regularizer=[none]"])
    assert said.endswith("choose it too, or leave them out with ~regularizer.dropout")
    assert refusal(CONF, ["experiment=mnist5k_mlp", "regularizer=[none]", "~regularizer.dropout"]) is None


@pytest.mark.parametrize(
    ("overrides", "key"),
    [
        (["seed=-1"], "seed=-1"),
        (["seed=true"], "seed=True"),
        (["force=3"], "force=3"),
        (["trainer.max_epochs=0"], "trainer.max_epochs=0"),
        (["trainer.max_epochs=1.5"], "trainer.max_epochs=1.5"),
        (["trainer.batch_size=null"], "trainer.batch_size=None"),
        (["trainer.accelerator=tpu"], "trainer.accelerator='tpu'"),
        (["trainer.mode=[min]"], "trainer.mode=['min']"),
        (["optimizer.lr=abc"], "optimizer.lr='abc'"),
        (["optimizer.lr=true"], "optimizer.lr=True"),
        (["optimizer.betas=3"], "optimizer.betas=3"),
        (["regularizer=dropout", "regularizer.dropout.p=1.5"], "regularizer.dropout.p=1.5"),
        (["regularizer=l2", "regularizer.l2.strength=-1"], "regularizer.l2.strength=-1"),
        (["data.val_fraction=2"], "data.val_fraction=2"),
        (["architecture.depth=-1"], "architecture.depth=-1"),
        (["architecture.width=wide"], "architecture.width='wide'"),
    ],
)
def test_a_bad_value_is_refused_and_named(overrides, key):
    message = refusal(CONF, overrides)
    assert message.startswith("command line: ")
    assert key in message
    assert "should be" in message


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("data.path=/tmp/a(1).csv", """data.path: /tmp/a(1).csv cannot be read; write 'data.path="/tmp/a(1).csv"'"""),
        ("name=^([a-z]+)_", """name: ^([a-z]+)_ cannot be read; write 'name="^([a-z]+)_"'"""),
        ("digits_mlp", "digits_mlp is no key=value; write one"),
        ("data=3", "what stands after GROUP= is the name of a choice, not a number"),
    ],
)
def test_a_word_that_hydra_cannot_read_is_refused_with_how_to_write_it(override, said):
    assert refusal(CONF, [override]) == f"command line: {said}"


def test_an_error_is_one_line_on_standard_error_and_status_1(tmp_path):
    for overrides in (
        ["+optimizer.lrr=1"],
        ["optimizer.lrr=1"],
        ["optimizer=adma"],
        ["optimizer.lr=-1", "tracking=none"],
    ):
        code, out, err = finish(train(tmp_path, *overrides))
        assert (code, out) == (1, "")
        assert "Traceback" not in err
        assert "lr" in err.splitlines()[-1] or "adam" in err.splitlines()[-1]
    assert not list(tmp_path.glob("runs/*/weights.safetensors"))


HOSTILE = [
    *("os.system", "os.popen", "posix.system", "builtins.eval", "builtins.exec", "builtins.open", "subprocess.Popen"),
    *("subprocess.run", "torch.load", "torch.hub.load", "torch.serialization.load", "joblib.load", "pickle.loads"),
    *(
        "pandas.read_pickle",
        "numpy.load",
        "shutil.rmtree",
        "importlib.import_module",
        "functools.partial",
        "ctypes.CDLL",
    ),
    *("hydra.utils.instantiate", "hydra.utils.call", "webbrowser.open", "pty.spawn", "runpy.run_path", "code.interact"),
    *("torch.nn.modules.module.torch.load", "torch.nn.functional.torch.load", "torch.optim.optimizer.torch.load"),
    *("torch.nn.modules.module.warnings.warn", "sklearn.utils.os.system", "sklearn.base.os.system", "torch.nn"),
    *(
        "sklearn.utils.fixes.platform.popen",
        "groklab.assembly.build",
        "groklab.files.os.system",
        "groklab.files.write_atomic",
    ),
    *("groklab.config.targets.importlib.import_module", "groklab.errors.UserError", "torch.nn.Module.__init__", "eval"),
    *("torch.nn.parallel.DataParallel.__class__", "torchmetrics.utilities.os.system", "lambda: 1", "torch.nn.ReLU()"),
    *(
        "",
        " ",
        ".",
        "..",
        "torch.nn.ReLU; import os",
        "__import__('os').system",
        "mypackage.Network",
        "torch.nn.\nReLU",
    ),
    *(3, ["os.system", "ls"], {"a": 1}, None, True),
]
PLACES = ("architecture", "activation", "loss", "optimizer", "scheduler", "trainer", "data", "tracking", "evaluation")


def test_there_are_fifty_hostile_names():
    assert len(HOSTILE) >= 50


@pytest.mark.parametrize("target", HOSTILE, ids=str)
def test_a_hostile_target_is_refused_and_nothing_runs(tmp_path, monkeypatch, target):
    marker = tmp_path / "ran"
    (tmp_path / "mypackage.py").write_text(f"open({str(marker)!r}, 'w')\nclass Network: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    shutil.copytree(CONF, tmp_path / "conf")
    composed, origins = compose_config(CONF, [])
    in_a_file = PLACES if TORTURE else [random.Random(str(target)).choice(PLACES)]
    for place in PLACES:
        part = {"_target_": target, "command": f"touch {marker}", "name": "digits"}
        if place in in_a_file:
            file = tmp_path / "conf" / "experiment" / "hostile.yaml"
            file.write_text("# @package _global_\n" + yaml.safe_dump({"name": "hostile", place: part}))
            message = refusal(tmp_path / "conf", ["experiment=hostile"])
        else:
            with pytest.raises(UserError) as refused:
                check(OmegaConf.merge(composed, {place: part}), origins)
            message = str(refused.value)
        assert message, f"{place} took {target}"
        assert "\n" not in message
        assert not marker.exists()
    assert "mypackage" not in sys.modules


@pytest.mark.parametrize("key", ["_partial_", "_args_", "_recursive_", "_convert_"])
def test_hydras_own_words_for_objects_are_unknown(key):
    assert "is not an argument" in refusal(CONF, [f"+optimizer.{key}=true"])


def test_the_environment_admits_a_package_and_a_config_cannot(tmp_path, monkeypatch):
    (tmp_path / "ownpackage.py").write_text(
        "from torch import nn\nclass Network(nn.Linear):\n"
        "    def __init__(self, num_inputs: int, num_outputs: int) -> None:\n"
        "        super().__init__(num_inputs, num_outputs)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    overrides = ["architecture=linear", "architecture._target_=ownpackage.Network"]
    assert "GROKLAB_ALLOW" in refusal(CONF, overrides)
    assert "there is no key" in refusal(CONF, [*overrides, "+GROKLAB_ALLOW=ownpackage"])
    monkeypatch.setenv("GROKLAB_ALLOW", "ownpackage")
    assert refusal(CONF, overrides) is None


def test_a_config_that_reads_the_environment_is_refused():
    assert "reads the environment" in refusal(CONF, ["name='${oc.env:HOME}'"])


HOSTILE_HYDRA = {
    "a callback": {"callbacks": {"evil": {"_target_": "subprocess.call", "args": ["touch", "ran"]}}},
    "an aliased callback": {
        "callbacks": {"evil": {"_target_": "groklab.files.shutil.copy", "src": "conf/config.yaml", "dst": "ran"}}
    },
    "a sampler": {
        "sweeper": {"_recursive_": True, "sampler": {"_target_": "subprocess.call", "args": ["touch", "ran"]}}
    },
}


@pytest.mark.parametrize("hydra", HOSTILE_HYDRA.values(), ids=HOSTILE_HYDRA)
def test_what_hydra_makes_of_a_file_is_no_way_around(hydra, tmp_path):
    shutil.copytree(CONF, tmp_path / "conf")
    shutil.copytree(CONF.parent / "pipelines", tmp_path / "pipelines")
    sweeper = [{"override /hydra/sweeper": "optuna"}]
    body = {"defaults": sweeper, "name": "hostile", "hydra": hydra}
    (tmp_path / "conf" / "experiment" / "hostile.yaml").write_text("# @package _global_\n" + yaml.safe_dump(body))
    command = [sys.executable, "pipelines/train.py", "-m", "experiment=hostile", "seed=0", "optimizer.lr=0.1,0.2"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not (tmp_path / "ran").exists()


class Marker:
    def __reduce__(self):
        return (subprocess.call, (["touch", os.environ["MARKER"]],))


def test_a_pickle_runs_in_no_loader(tmp_path, monkeypatch):
    import numpy as np

    from groklab.data.card import Card
    from groklab.data.prepared import Prepared
    from groklab.evaluation.predictions import Predictions
    from groklab.fitting import trained_model
    from groklab.training.checkpoint_io import AtomicCheckpointIO

    monkeypatch.setenv("MARKER", str(tmp_path / "ran"))
    file = tmp_path / "evil"
    torch.save({"a": Marker()}, file)
    config = check(*compose_config(CONF, ["experiment=digits_linear"]))
    card = Card.read(_card(tmp_path))
    with pytest.raises(Exception, match="Weights only"):
        AtomicCheckpointIO().load_checkpoint(file)
    with pytest.raises(UserError, match="not the weights"):
        trained_model(file, config, Prepared(tmp_path, card))
    np.savez(tmp_path / "evil.npz", outputs=np.array([Marker()], dtype=object))
    with pytest.raises(UserError, match="cannot be read"):
        Predictions.load(tmp_path / "evil.npz")
    assert not (tmp_path / "ran").exists()


def _card(folder: Path) -> Path:
    from groklab.assembly import build_dataset
    from groklab.data.prepare import prepare

    config = check(*compose_config(CONF, ["experiment=digits_linear"]))
    prepare(build_dataset(config), folder / "digits")
    return folder / "digits" / "card.json"
