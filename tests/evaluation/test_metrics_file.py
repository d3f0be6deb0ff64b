import json
import math
from dataclasses import replace

import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.classification import Classification
from groklab.evaluation.metrics_file import metrics_file
from tests.evaluation.examples import classified, drawn_classes, rows

GIVEN = {
    "experiment": "digits_mlp",
    "run": "00aa00aa00aa00aa",
    "split": "test",
    "evaluation": Classification(),
    "predictions": drawn_classes(30, 3),
    "baselines": {"majority": classified(np.full((30, 3), 1 / 3), np.arange(30) % 3)},
    "best": {"monitor": "val/loss", "epoch": 4, "step": 9, "metrics": {"val/loss": 0.5, "val/r2": math.nan}},
    "cost": {"duration_s": 1.5, "num_parameters": 10, "num_steps": 9, "num_epochs": 5, "device": "cpu"},
}


def test_it_is_plain_json_and_whole():
    content = metrics_file(**GIVEN)
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert set(content) == {
        "experiment", "run", "split", "metrics", "undefined", "baselines", "train", "cost",
    }  # fmt: skip
    assert content["train"] == {"epoch": 4, "metrics": {"val/loss": 0.5, "val/r2": None}}
    assert content["cost"] == {"duration_s": 1.5, "num_parameters": 10, "num_steps": 9}
    assert content["baselines"]["majority"]["cross_entropy"] == pytest.approx(math.log(3))
    assert content["undefined"] == {}


def test_what_is_undefined_is_null_with_its_reason():
    given = rows(GIVEN["predictions"], np.flatnonzero(GIVEN["predictions"].targets < 2))
    content = metrics_file(**GIVEN | {"predictions": given, "baselines": {}, "names": ["a", "b", "c"]})
    absent = {name for name, value in content["metrics"].items() if value is None}
    assert absent == set(content["undefined"]) == {"macro_f1", "auroc"}
    assert "class c" in content["undefined"]["auroc"]


def test_a_baseline_that_did_not_converge_is_noted():
    given = {"majority": replace(GIVEN["baselines"]["majority"], notes=("it did not converge",))}
    assert metrics_file(**GIVEN | {"baselines": given})["notes"] == {"majority": ["it did not converge"]}


@pytest.mark.parametrize(
    "other",
    [
        rows(GIVEN["baselines"]["majority"], np.arange(30)[::-1]),
        rows(GIVEN["baselines"]["majority"], np.arange(29)),
        replace(GIVEN["baselines"]["majority"], split="val"),
    ],
)
def test_other_examples_are_not_compared(other):
    with pytest.raises(UserError, match="digits_mlp: majority was asked about"):
        metrics_file(**GIVEN | {"baselines": {"majority": other}})
