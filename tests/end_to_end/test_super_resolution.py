"""A network that enlarges, from its command to a user's own photographs, ONNX and a served model."""

import numpy as np
import pytest
from PIL import Image

from groklab.files import read_json
from tests.end_to_end.test_predict import program, served
from tests.programs import finish, log, result, train

pytestmark = pytest.mark.slow
SMALL = ["data.shape=[3,16,16]", "data.num_features=768", "data.stride=40", "trainer.max_epochs=2"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("enlarged")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (23, 31, 3), np.uint8)).save(folder / "own.png")
    return folder, result(folder, "experiment=photographs_srresnet", "architecture.channels=8", *SMALL)


def test_the_run_is_scored_beside_interpolation_with_pictures(trained):
    _, run = trained
    metrics = read_json(run / "metrics.json")
    assert set(metrics["metrics"]) == {"psnr_y", "ssim_y", "gradient_distance"}
    assert metrics["baselines"]["bicubic"]["psnr_y"] > metrics["baselines"]["nearest"]["psnr_y"]
    assert abs(metrics["metrics"]["psnr_y"] - metrics["baselines"]["bicubic"]["psnr_y"]) < 1  # it begins as bicubic
    assert {path.stem for path in (run / "pictures").glob("*.png")} >= {"before_and_after", "texture"}


def test_in_training_outputs_are_compared_with_targets_that_are_turned_alike(trained):
    _, run = trained
    (*_, (_, _, metrics)) = log(run)
    assert abs(metrics["train/psnr"] - metrics["val/psnr"]) < 5  # against images in other positions it would be 10 less


def test_a_users_photograph_becomes_three_times_as_large(trained):
    folder, run = trained
    assert program(folder, "predict", f"run={run.name}", "input=own.png", "output=large.png").startswith("predictions")
    large = np.asarray(Image.open(folder / "large.png"), np.float64)
    assert large.shape == (69, 93, 3)
    # Reduced again it is about what it was: noise of deviation 74 would be 100 away from other noise.
    own = np.asarray(Image.open(folder / "own.png"), np.float64)
    assert np.sqrt(np.square(large.reshape(23, 3, 31, 3, 3).mean((1, 3)) - own).mean()) < 50


def test_without_an_output_nothing_is_printed_but_the_mend(trained):
    folder, run = trained
    status, out, err = finish(train(folder, f"run={run.name}", "input=own.png", name="predict"))
    assert status != 0 and not out and "add output=FILE.png" in err


def test_onnx_and_the_model_in_mlflow_take_images_of_any_size(trained):
    folder, run = trained
    assert "from the network" in program(folder, "export", f"run={run.name}", "output=network.onnx")
    import onnxruntime

    session = onnxruntime.InferenceSession(str(folder / "network.onnx"), providers=["CPUExecutionProvider"])
    program(folder, "predict", f"run={run.name}", "input=own.png", "output=large.png")
    pixels = np.asarray(Image.open(folder / "own.png"), np.float32).transpose(2, 0, 1)[None]
    (said,) = session.run(None, {session.get_inputs()[0].name: pixels})
    large = np.asarray(Image.open(folder / "large.png")).transpose(2, 0, 1)[None]
    assert np.abs(said - large).max() <= 0.51
    np.testing.assert_allclose(served(folder, run).predict(pixels), said, atol=1e-2)
