import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from groklab.files import write_json
from groklab.tracking.delivery import deliver
from groklab.tracking.store import open_store

from .folders import NUM_OUTPUTS, SHAPE, make_run, write_network
from .servers import free_port, wait_for


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """A run with a network, and where it was delivered to."""
    root = tmp_path_factory.mktemp("model")
    folder = make_run(root / "runs")
    write_network(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        store = open_store(root, "groklab")
        return folder, store, deliver(folder, store).run_id


def models_of(store, run_id):
    return list(store.client.search_logged_models([store.experiment_id], f"source_run_id = '{run_id}'"))


def expected(folder, x):
    import torch

    return torch.export.load(folder / "model.pt2").module()(torch.from_numpy(x)).detach().numpy()


def test_the_model_takes_a_batch_of_another_size_than_its_example(delivered):
    import mlflow.pyfunc

    folder, store, run_id = delivered
    (logged,) = models_of(store, run_id)
    model = mlflow.pyfunc.load_model(logged.artifact_location)
    for rows in (1, 2, 7):
        x = np.random.default_rng(rows).random((rows, *SHAPE), dtype=np.float32)
        np.testing.assert_allclose(model.predict(x), expected(folder, x), rtol=1e-6)


def test_the_model_is_bit_for_bit_the_exported_one_and_has_a_signature(delivered):
    from mlflow.models import Model

    folder, store, run_id = delivered
    (logged,) = models_of(store, run_id)
    place = logged.artifact_location.removeprefix("file://")
    with open(f"{place}/data/model.pt2", "rb") as file:
        assert file.read() == (folder / "model.pt2").read_bytes()
    model = Model.load(place)
    assert model.signature.inputs.inputs[0].shape == (-1, *SHAPE)
    assert model.signature.outputs.inputs[0].shape == (-1, NUM_OUTPUTS)
    np.testing.assert_array_equal(model.load_input_example(place), np.load(folder / "input_example.npy"))
    with open(f"{place}/requirements.txt") as file:
        assert "torch==2.13.0\n" in file


def test_the_model_carries_the_scores_it_was_measured_by(delivered):
    _, store, run_id = delivered
    (logged,) = models_of(store, run_id)
    assert logged.status == "READY"
    assert {metric.key: metric.value for metric in logged.metrics}["test/accuracy"] == 0.75
    assert store.client.get_run(run_id).outputs.model_outputs[0].model_id == logged.model_id


def test_a_network_that_changed_takes_the_old_one_s_place(tmp_path):
    folder = make_run(tmp_path / "runs")
    write_network(folder)
    store = open_store(tmp_path, "groklab")
    run_id = deliver(folder, store).run_id
    (first,) = models_of(store, run_id)
    with open(folder / "model.pt2", "ab") as file:
        file.write(b"\0")
    write_json(folder / "cost.json", {"duration_s": 2.5})
    deliver(folder, store)
    (second,) = models_of(store, run_id)
    assert second.model_id != first.model_id
    assert {metric.key: metric.value for metric in second.metrics}["cost/duration_s"] == 2.5


@pytest.mark.slow
def test_the_model_can_be_served(delivered):
    folder, store, run_id = delivered
    (logged,) = models_of(store, run_id)
    place = logged.artifact_location.removeprefix("file://")
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", place]
    command += ["--env-manager", "local", "--port", str(port), "--workers", "1"]
    # MLflow looks for uvicorn on the path, as an activated environment has it.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", process)
        with open(f"{place}/serving_input_example.json", "rb") as file:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/invocations",
                data=file.read(),
                headers={"Content-Type": "application/json"},
            )
        with urllib.request.urlopen(request, timeout=30) as answer:
            predictions = json.load(answer)["predictions"]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    example = np.load(folder / "input_example.npy")
    np.testing.assert_allclose(predictions, expected(folder, example), rtol=1e-5)
