import json
import math

import pytest

from groklab.errors import UserError
from groklab.report.metrics import read_metrics

WHOLE = {"experiment": "x", "run": "r", "split": "test", "metrics": {"accuracy": 0.5}, "baselines": {}}


def test_a_value_that_is_not_finite_is_undefined_and_says_so(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(WHOLE | {"metrics": {"r2": math.nan}}))
    metrics = read_metrics(path)
    assert metrics.values == {"r2": None}
    assert "not a finite number" in metrics.undefined["r2"]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        json.dumps({key: WHOLE[key] for key in ("experiment", "run")}),
        json.dumps(WHOLE | {"metrics": {"accuracy": "high"}}),
        json.dumps(WHOLE | {"metrics": [1]}),
        json.dumps(WHOLE | {"baselines": {"mean": 3}}),
    ],
)
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "digits_cnn.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"digits_cnn\.json"):
        read_metrics(path)
