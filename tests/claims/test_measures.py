import json

import pytest
import torch
from safetensors.torch import save_file

from groklab.claims.measures import Measured, measure
from groklab.errors import UserError


@pytest.fixture
def run(tmp_path):
    rows = [{"step": 20 * (n + 1), "epoch": n, "metrics": {"val/accuracy": 0.5 + 0.1 * n}} for n in range(5)]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "best.json").write_text(json.dumps({"metrics": {"val/accuracy": 0.9, "val/loss": float("inf")}}))
    (tmp_path / "cost.json").write_text(json.dumps({"num_steps": 100, "num_parameters": 7}))
    weights = {"a": torch.tensor([[0.0, 1e-4, 0.5], [1.0, -2.0, -1e-4]]), "bias": torch.zeros(9), "n": torch.tensor(3)}
    save_file(weights, tmp_path / "weights.safetensors")
    return tmp_path


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("steps until val/accuracy >= 0.65", Measured(60.0)),
        ("steps until val/accuracy <= 0.5", Measured(20.0)),
        ("steps until val/accuracy >= 0.99", Measured(100.0, censored=True)),
        ("last val/accuracy", Measured(pytest.approx(0.9))),
        ("val/accuracy", Measured(0.9)),
        ("val/loss", Measured(None)),
        ("cost/num_steps", Measured(100)),
        ("weights below 0.001", Measured(0.5)),
    ],
)
def test_measures(run, metric, value):
    assert measure(run, metric) == value


def test_what_is_not_logged_is_named_with_what_is(run):
    with pytest.raises(UserError, match=r"val/auroc is not logged; known: val/accuracy"):
        measure(run, "last val/auroc")
    with pytest.raises(UserError, match=r"watts is not measured; known: num_parameters, num_steps"):
        measure(run, "cost/watts")
