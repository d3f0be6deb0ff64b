"""A user's own data by config alone: train, ask about new data in their own form, export, serve."""

import csv
import io
import math

import numpy as np
import pytest

from groklab.files import read_json
from tests.own_files import write_own_files, write_table
from tests.programs import finish, result, train

pytestmark = pytest.mark.slow
QUICK = ["trainer.max_epochs=3", "tracking=none"]


def program(folder, name, *words):
    status, out, err = finish(train(folder, *words, name=name))
    assert status == 0, err
    return out


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    return folder, {**write_own_files(folder), "table": write_table(folder)}


@pytest.fixture(scope="module")
def texts(forms):
    folder, overrides = forms
    return folder, result(folder, *overrides["texts"], *QUICK[:1], "architecture=recurrent", "name=texts")


def test_texts_are_answered_with_classes_and_probabilities(texts):
    folder, run = texts
    (folder / "new.csv").write_text('text\n"a aa b, n1"\nc\n')
    found = rows(program(folder, "predict", f"run={run.name[:8]}", "input=new.csv"))
    assert len(found) == 2
    for row in found:
        assert row["prediction"] in ("good", "bad")
        assert float(row["p(good)"]) + float(row["p(bad)"]) == pytest.approx(1, abs=1e-6)
    assert program(folder, "predict", f"run={run.name}", "input=new.csv", "output=said.json").startswith("predictions")
    assert [row["prediction"] for row in read_json(folder / "said.json")] == [row["prediction"] for row in found]


def served(folder, run):
    """The run's model as MLflow loads and serves it."""
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    number = client.get_experiment_by_name("groklab").experiment_id
    (tracked,) = client.search_runs([number], f"tags.`groklab.run` = '{run.name}'")
    (logged,) = client.search_logged_models([number], f"source_run_id = '{tracked.info.run_id}'")
    return mlflow.pyfunc.load_model(logged.artifact_location)


def test_the_model_in_mlflow_takes_texts_and_says_the_same(texts):
    import pandas as pd

    folder, run = texts
    (folder / "same.csv").write_text("text\na aa b\nc\n")
    found = rows(program(folder, "predict", f"run={run.name}", "input=same.csv"))
    said = served(folder, run).predict(pd.DataFrame({"text": ["a aa b", "c"]}))
    assert said["prediction"].tolist() == [row["prediction"] for row in found]
    np.testing.assert_allclose(said["p(good)"], [float(row["p(good)"]) for row in found], rtol=1e-4)


def test_every_kind_of_run_is_exported_to_onnx_and_checked(texts):
    folder, run = texts
    assert "from the network" in program(folder, "export", f"run={run.name}", "output=texts.onnx")
    assert (folder / "texts.onnx").stat().st_size > 1000


def test_a_table_needs_no_code_and_new_rows_need_no_target(forms):
    import pandas as pd
    from mlflow.exceptions import MlflowException

    folder, overrides = forms
    run = result(folder, *overrides["table"], "trainer.max_epochs=60", "optimizer.lr=0.01", "name=houses")
    (folder / "new_houses.csv").write_text("town,code,area,rooms\nUlm,001,100.0,3\nKiel,002,NA,2\nBerlin,003,50,1\n")
    found = rows(program(folder, "predict", f"run={run.name}", "input=new_houses.csv"))
    assert [set(row) for row in found] == [{"example", "price"}] * 3
    assert float(found[0]["price"]) == pytest.approx(1000 * 3 + 50 * 100 + 5000, rel=0.2)
    card = read_json(run / "card.json")
    assert any("code" in name and "00" in name for name in card["feature_names"])  # ids keep their zeros
    asked = pd.DataFrame({"rooms": [3.0, 2.0], "area": [100.0, None], "town": ["Ulm", "Kiel"], "code": ["001", "002"]})
    said = served(folder, run).predict(asked)
    np.testing.assert_allclose(said["price"], [float(row["price"]) for row in found[:2]], rtol=1e-4)
    with pytest.raises(MlflowException, match="has no column area, which the network takes; add it"):
        served(folder, run).predict(asked.drop(columns="area"))
    (folder / "short.csv").write_text("town,code,rooms\nUlm,001,3\n")
    status, _, err = finish(train(folder, f"run={run.name}", "input=short.csv", name="predict"))
    assert status == 1
    assert "area" in err
    assert len(err.splitlines()) == 1


def test_a_series_is_continued_from_its_last_steps(forms):
    folder, overrides = forms
    run = result(folder, *overrides["series"], *QUICK, "architecture=decomposition_linear", "data.targets=[sales]")
    (row,) = rows(program(folder, "predict", f"run={run.name}", "input=series.csv"))
    assert list(row) == ["example", *(f"sales +{step}" for step in range(1, 8))]
    assert all(5 < float(row[f"sales +{step}"]) < 15 for step in range(1, 8))
    metrics = read_json(run / "metrics.json")
    assert {"persistence", "seasonal_naive"} <= set(metrics["baselines"])
    assert set(metrics["metrics"]) >= {"rmse", "mae", "rmse_at_1", "rmse_at_7"}


def test_a_text_is_written_on(forms):
    folder, overrides = forms
    run = result(folder, *overrides["language"], *QUICK, "architecture=recurrent_decoder")
    words = (f"run={run.name}", "prompt=abc", "length=20", "temperature=0")
    once, again = (program(folder, "predict", *words) for _ in range(2))
    assert once == again
    assert once.startswith("abc")
    metrics = read_json(run / "metrics.json")["metrics"]
    assert metrics["bits_per_character"] == pytest.approx(metrics["nats_per_character"] / math.log(2))
    assert metrics["perplexity"] == pytest.approx(math.exp(metrics["nats_per_character"]))
    assert (run / "pictures" / "generated.txt").read_text()
    scored = rows(program(folder, "predict", f"run={run.name}", "input=notes.txt"))
    assert sum(int(row["characters"]) for row in scored) > 5000
    assert all(0 < float(row["nats_per_character"]) < 10 for row in scored)


def test_a_run_that_is_not_there_is_refused_in_a_line(forms):
    folder, _ = forms
    status, _, err = finish(train(folder, "run=zzz", "input=x", name="predict"))
    assert status == 1
    assert err.startswith("run=zzz: there is none in")
    assert len(err.splitlines()) == 1
