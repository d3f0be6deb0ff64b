import numpy as np
import pytest
from sklearn.base import clone

from groklab.baselines.interpolation import Interpolation
from groklab.layers.canvas import off_canvas, on_canvas

SMALL = [np.random.default_rng(0).integers(0, 256, (3, *size)).astype(np.float32) for size in ((6, 9), (5, 4))]


def test_nearest_repeats_each_pixel_and_leaves_out_the_edge():
    said = off_canvas(Interpolation(scale=3, method="nearest").fit(None, None).predict(on_canvas(SMALL)))
    for small, large in zip(SMALL, said, strict=True):
        np.testing.assert_array_equal(large, np.kron(small, np.ones((1, 3, 3)))[:, 3:-3, 3:-3])


@pytest.mark.parametrize("method", ["nearest", "bicubic"])
def test_answers_are_whole_numbers_from_0_to_255_in_float16(method):
    estimator = clone(Interpolation(scale=2, method=method))
    for large in off_canvas(estimator.predict(on_canvas(SMALL))):
        assert large.dtype == np.float16
        assert (large == np.round(large)).all() and large.min() >= 0 and large.max() <= 255
