"""The folder is the registry: every part has its YAML, every choice composes, every experiment stands in dvc.yaml."""

import importlib
import inspect

import pytest
import yaml
from torch import nn

from groklab.config.check import check, check_data
from groklab.config.composition import compose_config
from groklab.data.dataset import DataSet
from groklab.errors import UserError
from groklab.regularizers.penalty import Penalty
from tests.programs import ROOT

CONF, SOURCE = ROOT / "conf", ROOT / "src" / "groklab"
EXPERIMENTS = sorted(path.stem for path in (CONF / "experiment").glob("*.yaml"))
TUNED, SEARCHES = (
    sorted(path.stem for path in (CONF / "experiment" / folder).glob("*.yaml")) for folder in ("tuned", "search")
)


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Where searches/ lies."""
    monkeypatch.chdir(ROOT)


def targets():
    found = set()
    for path in CONF.rglob("*.yaml"):
        for line in path.read_text().splitlines():
            if "_target_:" in line:
                found.add(line.partition("_target_:")[2].strip())
    return found


def parts(folder, base):
    for path in sorted((SOURCE / folder).glob("*.py")):
        module = importlib.import_module(f"groklab.{folder}.{path.stem}")
        for _, item in inspect.getmembers(module, inspect.isclass):
            if item.__module__ == module.__name__ and issubclass(item, base) and not inspect.isabstract(item):
                yield f"{item.__module__}.{item.__qualname__}"


@pytest.mark.parametrize(
    ("folder", "base"), [("architectures", nn.Module), ("regularizers", (Penalty, nn.Module)), ("data", DataSet)]
)
def test_every_part_has_its_yaml(folder, base):
    missing = set(parts(folder, base)) - targets()
    assert missing == set()
    assert list(parts(folder, base))


@pytest.mark.parametrize(
    "choice", [*EXPERIMENTS, *(f"search/{name}" for name in SEARCHES), *(f"tuned/{name}" for name in TUNED)]
)
def test_every_experiment_composes_and_is_named_after_its_file(choice):
    assert check(*compose_config(CONF, [f"experiment={choice}"]))["name"] == choice.rpartition("/")[2]


GROUPS = (
    "activation",
    "architecture",
    "data",
    "optimizer",
    "scheduler",
    "tracking",
    "trainer",
    "loss",
    "regularizer",
    "task",
    "discriminator",
)


COMPANIONS = {"task=forecasting": ["data=co2"]}  # it scores by the horizon of a series


@pytest.mark.parametrize(
    "choice", [f"{group}={path.stem}" for group in GROUPS for path in sorted((CONF / group).glob("*.yaml"))]
)
def test_every_choice_composes(choice):
    group, _, name = choice.partition("=")
    if "???" in (CONF / group / f"{name}.yaml").read_text():  # a user's own data: their path must be given
        with pytest.raises(UserError, match=r"data\.path must be given; add data\.path=VALUE"):
            check_data(*compose_config(CONF, [choice]))
    else:
        check(*compose_config(CONF, [choice, *COMPANIONS.get(choice, [])]))


@pytest.mark.parametrize("name", sorted(path.stem for path in (CONF / "data").glob("*.yaml")))
def test_every_data_set_can_be_varied_from_the_command_line(name):
    given = {"train_fraction": 0.5, "label_noise": 0.25, "shuffle_pixels": True}
    words = [f"data.{key}={value}" for key, value in given.items()]
    user_given = [f"data.{key}=x" for key in ("path", "time", "target") if f"\n{key}: ???" in data_yaml(name)]
    config = check_data(*compose_config(CONF, [f"data={name}", *user_given, *words]))
    assert given.items() <= config["data"].items()


def data_yaml(name):
    return (CONF / "data" / f"{name}.yaml").read_text()


def test_every_experiment_stands_in_dvc_yaml_with_its_data():
    (variables,) = yaml.safe_load((ROOT / "dvc.yaml").read_text())["vars"]
    assert sorted(variables["experiments"]) == sorted(EXPERIMENTS + TUNED)
    assert sorted(variables["searches"]) == SEARCHES
    for name, row in variables["experiments"].items():
        assert row["config"] == ("resolved_tuned" if name in TUNED else "resolved")
        config = check(*compose_config(CONF, [f"experiment={'tuned/' if name in TUNED else ''}{name}"]))
        assert row["data"] == config["data"]["name"]
        plot = {
            "classification": "confusion_matrix",
            "regression": "residuals",
            "language": "nats_by_position",
            "super_resolution": "images",
            "detection": "precision_recall",
            "transcription": "edits",
            "generation": "features",
        }
        assert row["plot"] == plot[config["task"]["kind"]]
    assert sorted(variables["datasets"]) == sorted({row["data"] for row in variables["experiments"].values()})


def test_files_are_small_and_named_after_what_they_hold():
    for path in [*SOURCE.rglob("*.py"), *(ROOT / "pipelines").glob("*.py")]:
        assert len(path.read_text().splitlines()) <= 250, path
        assert path.stem not in ("utils", "helpers", "manager", "base", "common"), path
