import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sklearn.utils import all_estimators

from groklab.evaluation.baselines import check_baselines
from groklab.evaluation.classification import Classification
from groklab.evaluation.evaluation import default_names
from groklab.evaluation.regression import Regression
from tests.evaluation.examples import drawn_classes, drawn_values

ROOT = Path(__file__).parents[2]
ESTIMATORS = {f"{kind.__module__.rpartition('._')[0]}.{name}": kind for name, kind in all_estimators()}


def construct(node, kinds):
    arguments = {key: value for key, value in node.items() if key != "_target_"}
    return next(kind for name, kind in kinds.items() if node["_target_"].endswith(name))(**arguments)


@pytest.mark.parametrize("kind", [Classification, Regression])
def test_the_yaml_of_an_evaluation_is_its_constructor_call(kind):
    node = yaml.safe_load((ROOT / "conf" / "evaluation" / f"{kind.kind}.yaml").read_text())
    assert node.pop("_target_") == f"{kind.__module__}.{kind.__name__}"
    assert vars(kind(**node)) == vars(kind())


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("classification", ["majority", "logistic_regression", "decision_tree"]),
        ("regression", ["mean", "linear_regression", "decision_tree"]),
    ],
)
def test_the_yaml_of_the_baselines_names_estimators_of_its_kind(kind, names):
    folder = ROOT / "conf" / "baseline"
    chosen = yaml.safe_load((folder / f"{kind}.yaml").read_text())["defaults"]
    assert chosen == [f"{kind}/{name}" for name in names]
    nodes = {name: yaml.safe_load((folder / kind / f"{name}.yaml").read_text())[name] for name in names}
    kinds = {estimator.__name__: estimator for estimator in ESTIMATORS.values()}
    check_baselines({name: construct(node, kinds) for name, node in nodes.items()}, kind)


def test_there_may_be_no_baseline():
    assert yaml.safe_load((ROOT / "conf" / "baseline" / "none.yaml").read_text()) == {}


def test_names_default_to_numbers():
    assert default_names(drawn_classes(3, 3), None) == ["0", "1", "2"]
    assert default_names(drawn_values(3, 1), None) == ["target"]


def test_no_network_is_ever_imported():
    modules = sorted(path.stem for path in (ROOT / "src" / "groklab" / "evaluation").glob("[a-z]*.py"))
    code = f"""
import importlib, sys
for name in {modules}:
    importlib.import_module(f"groklab.evaluation.{{name}}")
print(sorted({{"torch", "pytorch_lightning", "hydra", "mlflow", "matplotlib.pyplot"}} & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
