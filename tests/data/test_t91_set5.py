"""The benchmark's images, where a mirror has them, and the published figures of bicubic interpolation."""

import numpy as np
import pytest

from groklab.baselines.interpolation import Interpolation
from groklab.data.reduction import crop_to_multiple, reduce
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.super_resolution import SuperResolution
from groklab.layers.canvas import on_canvas
from tests.data.shipped import MIRROR, Shipped


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    if not (MIRROR / "sr").is_dir():
        pytest.skip(f"no mirror of the canonical files at {MIRROR}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GROKLAB_MIRROR", str(MIRROR))
        patch.setenv("GROKLAB_CACHE", str(tmp_path_factory.mktemp("cache")))
        found = Shipped("t91_set5", tmp_path_factory.mktemp("t91") / "t91_set5")
        assert len(found.raw.x)
    return found


def test_set5_is_the_test_part_and_t91_the_rest(shipped):
    of = dict(zip(*np.unique(shipped.raw.split, return_counts=True), strict=True))
    assert of == {"": 91, "test": 5}
    assert shipped.card.counts["test"] == 5
    sizes = [image.shape[1:] for image, part in zip(shipped.raw.x, shipped.raw.split, strict=True) if part == "test"]
    assert sorted(sizes) == [(256, 256), (280, 280), (288, 288), (344, 228), (512, 512)]


@pytest.mark.parametrize(("scale", "published"), [(2, 33.66), (3, 30.39), (4, 28.42)])
def test_bicubic_interpolation_scores_as_published(shipped, scale, published):
    """Dong et al. (2016), table 2."""
    images = [image for image, part in zip(shipped.raw.x, shipped.raw.split, strict=True) if part == "test"]
    truths = [crop_to_multiple(image, scale) for image in images]
    small = on_canvas([reduce(truth, scale) for truth in truths])
    edge = slice(scale, -scale)
    targets = on_canvas([truth[:, edge, edge] for truth in truths], np.float16)
    said = Interpolation(scale=scale, method="bicubic").predict(small)
    keys = np.array(list("abcde"))
    given = Predictions(said, targets, keys=keys, split="test", kind="super_resolution")
    assert SuperResolution().score(given)["psnr_y"] == pytest.approx(published, abs=0.05)


def test_what_is_prepared_scores_as_published(shipped):
    said = Interpolation(scale=3, method="bicubic").predict(shipped.array("test", "x"))
    targets = shipped.array("test", "y").astype(np.float16)
    given = Predictions(said, targets, keys=shipped.array("test", "keys"), split="test", kind="super_resolution")
    scores = SuperResolution().score(given)
    assert scores["psnr_y"] == pytest.approx(30.39, abs=0.05)
    assert scores["ssim_y"] == pytest.approx(0.868, abs=0.002)  # Shi et al. (2016), ESPCN, and others: 0.8682
