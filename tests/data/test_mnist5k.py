import numpy as np

from groklab.data.mnist5k import MNIST5k


def test_it_has_500_grey_images_a_class():
    raw = MNIST5k(
        name="mnist5k",
        shape=[1, 28, 28],
        num_features=784,
        num_outputs=10,
        val_fraction=0.1,
        test_fraction=0.2,
    ).load()
    assert raw.x.dtype == np.uint8
    assert raw.x.shape == (5000, 1, 28, 28)
    assert (raw.x.min(), raw.x.max()) == (0, 255)
    assert np.bincount(raw.y).tolist() == [500] * 10


def test_pixels_lie_upright():
    """A one has ink in more rows than columns; transposed it would not."""
    raw = MNIST5k(
        name="mnist5k",
        shape=[1, 28, 28],
        num_features=784,
        num_outputs=10,
        val_fraction=0.1,
        test_fraction=0.2,
    ).load()
    ones = raw.x[raw.y == 1, 0] > 0
    assert ones.any(axis=2).sum() > 1.5 * ones.any(axis=1).sum()
