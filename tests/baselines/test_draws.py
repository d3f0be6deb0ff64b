import numpy as np
import pytest

from groklab.baselines.class_pca import ClassPCA
from groklab.baselines.real_images import RealImages
from groklab.baselines.uniform_noise import UniformNoise

DRAWERS = [ClassPCA(components=3), RealImages(), UniformNoise()]


@pytest.fixture
def images():
    draw = np.random.default_rng(0)
    y = np.arange(60) % 3
    base = np.array([20, 120, 220])[y][:, None, None, None]
    return (base + draw.integers(-15, 15, (60, 1, 4, 4))).astype(np.uint8), y


@pytest.mark.parametrize("drawer", DRAWERS)
def test_an_image_a_label_the_same_of_the_same_seed(drawer, images):
    labels = np.array([2, 0, 0, 1])
    fitted = drawer.fit(*images)
    first, again, other = (fitted.sample(labels, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (4, 1, 4, 4)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("drawer", DRAWERS[:2])
def test_the_class_is_that_of_the_label(drawer, images):
    drawn = drawer.fit(*images).sample(np.repeat([0, 1, 2], 20), seed=0).reshape(3, -1).astype(float)
    assert drawn.mean(1) == pytest.approx([20, 120, 220], abs=8)


def test_real_images_are_drawn_once_each_as_long_as_there_are_enough(images):
    x, y = images
    drawn = RealImages().fit(x, y).sample(np.repeat([0, 1, 2], 20), seed=0)
    assert len(np.unique(drawn.reshape(60, -1), axis=0)) == len(np.unique(x.reshape(60, -1), axis=0))


def test_class_pca_has_the_mean_and_the_covariance_of_the_class():
    draw = np.random.default_rng(0)
    x = (draw.normal(size=(400, 1, 1, 3)) * [1, 2, 3] + [10, 20, 30]).astype(np.float32)
    drawn = ClassPCA(components=3).fit(x, np.zeros(400, int)).sample(np.zeros(4000, int), seed=0).reshape(-1, 3)
    inside = (x.min(), x.max())
    assert drawn.mean(0) == pytest.approx(x.reshape(-1, 3).mean(0), abs=0.2)
    assert drawn.min() >= inside[0]
    assert drawn.max() <= inside[1]
    assert drawn[:, :2].std(0) == pytest.approx(x.reshape(-1, 3).std(0)[:2], rel=0.1)  # the third is cut to the range
