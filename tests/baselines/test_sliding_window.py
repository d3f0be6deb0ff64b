import numpy as np
import pytest

from groklab.baselines.gradient_histograms import gradient_histograms
from groklab.baselines.sliding_window import SlidingWindow
from groklab.layers.average_precision import average_precision


def scenes(number, seed):
    """Crosses and frames, bright or dark, on noise."""
    draw = np.random.default_rng(seed)
    x = draw.integers(100, 140, (number, 1, 64, 64)).astype(np.uint8)
    y = np.full((number, 2, 5), np.nan, np.float32)
    for image in range(number):
        for row, left in enumerate((4, 36)):
            side, class_ = int(draw.integers(18, 25)), int(draw.integers(2))
            left, top = left + int(draw.integers(4)), int(draw.integers(4, 34))
            grey = 250 if draw.random() < 0.5 else 0
            piece = x[image, 0, top : top + side, left : left + side]
            if class_:
                piece[:3] = piece[-3:] = piece[:, :3] = piece[:, -3:] = grey
            else:
                piece[side // 2 - 2 : side // 2 + 2] = piece[:, side // 2 - 2 : side // 2 + 2] = grey
            y[image, row] = (class_, left, top, left + side, top + side)
    return x, y


def test_an_edge_has_its_direction_whatever_its_contrast():
    image = np.full((1, 16, 16), 100, np.uint8)
    image[:, :, 8:] = 160  # the gradient points to the right: bin 0
    faint, other = image.copy(), image.copy()
    faint[:, :, 8:], other[:, :, 8:] = 110, 40
    for made in (image, faint, other):
        cells = gradient_histograms(made, cell=4, bins=9)
        assert cells.shape == (4, 4, 9)
        assert cells[1, 1].argmax() == 0
        np.testing.assert_allclose(cells, gradient_histograms(image, cell=4, bins=9), atol=1e-3)
    assert gradient_histograms(image.transpose(0, 2, 1), cell=4, bins=9)[1, 1].argmax() == 4  # 90 of 180 degrees


def test_it_finds_and_tells_apart_what_differs_in_its_edges():
    model = SlidingWindow().fit(*scenes(150, 0))
    x, y = scenes(40, 1)
    said = model.predict(x)
    assert said.shape == (40, 100, 6)
    assert (np.diff(np.nan_to_num(said[..., 1]), axis=1) <= 0).all()
    assert average_precision(said, y, num_classes=2).at(0.5) > 0.8


def test_the_same_fit_says_the_same():
    x, y = scenes(30, 0)
    first, second = (SlidingWindow().fit(x, y).predict(x[:3]) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_without_boxes_there_is_nothing_to_fit():
    x, y = scenes(5, 0)
    with pytest.raises(ValueError, match="no image has a box"):
        SlidingWindow().fit(x, np.full_like(y, np.nan))
