import math

import numpy as np
import pytest

from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.super_resolution import SuperResolution, gradient_distance, gradients, psnr
from groklab.evaluation.super_resolution_pictures import before_and_after, hardest
from groklab.layers.canvas import on_canvas
from groklab.layers.luma import luma
from groklab.report.headlines import HEADLINES, headline_of
from tests.evaluation.examples import keys

DRAW = np.random.default_rng(0)


def images(*sizes):
    return [DRAW.integers(0, 256, (3, *size)).astype(np.float64) for size in sizes]


def enlarged(outputs, targets):
    said, truth = (on_canvas(of, np.float16) for of in (outputs, targets))
    return Predictions(said, truth, keys=keys(len(truth)), split="test", kind="super_resolution")


def test_luma_goes_from_16_to_235_and_green_is_the_brightest_colour():
    black, white, green = (np.array(colour, float).reshape(3, 1, 1) for colour in ([0] * 3, [255] * 3, [0, 255, 0]))
    assert (luma(black).item(), luma(white).item()) == (16, pytest.approx(235))
    assert luma(green).item() == pytest.approx(16 + 128.553)
    assert luma(white[:1]).item() == pytest.approx(235)  # grey


def test_one_grey_level_everywhere_is_worth_48_decibels_and_more_on_luma():
    # 20 log10(255) = 48.13; one level of grey is 219/255 of luma.
    said, truth = np.full((1, 3, 20, 20), 101.0), np.full((1, 3, 20, 20), 100.0)
    assert psnr(said[0, 0], truth[0, 0]) == pytest.approx(20 * math.log10(255))
    assert SuperResolution().score(enlarged([*said], [*truth]))["psnr_y"] == pytest.approx(
        20 * math.log10(255 / (219 / 255))
    )


def test_scores_are_means_over_the_images_whatever_their_size():
    truths = images((30, 20), (12, 40))
    said = [np.clip(truth + step, 0, 255) for truth, step in zip(truths, (2, 9), strict=True)]
    both = SuperResolution().score(enlarged(said, truths))
    each = [SuperResolution().score(enlarged([a], [b])) for a, b in zip(said, truths, strict=True)]
    for name, value in both.items():
        assert value == pytest.approx(np.mean([scores[name] for scores in each]))


def test_the_truth_itself_is_perfect_and_its_psnr_infinite():
    truth = images((16, 16))
    scores = SuperResolution().score(enlarged(truth, truth))
    assert scores == {"psnr_y": math.inf, "ssim_y": pytest.approx(1), "gradient_distance": 0}


def test_a_step_of_ten_levels_has_gradients_of_ten_beside_it_and_none_elsewhere():
    step = np.where(np.arange(6) < 3, 0.0, 10.0) * np.ones((5, 1))
    assert gradients(step).tolist() == [[0, 0, 10, 0, 0]] * 4
    assert gradients(step + step[:5, :].max() * np.tri(5, 6)).shape == (4, 5)
    # Flat: each of the four gradients of 10 among twenty is missed.
    assert gradient_distance(np.zeros((5, 6)), step) == pytest.approx(4 * 10 / 20)
    # Where the texture is does not matter, and that it may lie elsewhere is why PSNR stands beside it.
    assert gradient_distance(step[:, ::-1], step) == 0


def test_blur_has_smaller_gradients_than_the_truth():
    truth = DRAW.normal(128, 30, (40, 40))
    blurred = (truth + np.roll(truth, 1, 0) + np.roll(truth, 1, 1)) / 3
    assert gradient_distance(blurred, truth) == pytest.approx(
        gradients(truth).mean() - gradients(blurred).mean(), rel=0.05
    )


def test_an_image_smaller_than_the_window_has_no_ssim():
    small = images((9, 30))
    given = enlarged([small[0] * 0], small)
    assert SuperResolution().score(given)["ssim_y"] is None
    assert "smaller than its window" in SuperResolution().undefined(given)["ssim_y"]


def test_images_of_another_size_than_the_truth_are_refused():
    with pytest.raises(UserError, match="do not match"):
        enlarged(images((16, 16)), images((16, 12), (16, 16)))
    with pytest.raises(UserError, match="absent"):
        enlarged(images((16, 16), (12, 16)), images((16, 16), (16, 12)))


def test_the_headline_of_the_report_is_the_same_psnr():
    truths = images((30, 20), (12, 40), (17, 17))
    given = enlarged([np.clip(truth + 5, 0, 255) for truth in truths], truths)
    worse = enlarged([np.clip(truth + 9, 0, 255) for truth in truths], truths)
    scores = SuperResolution().score(given)
    assert headline_of(scores) == "psnr_y"
    headline = HEADLINES["psnr_y"]
    assert headline.higher_is_better
    assert headline.score(given.outputs, given.targets) == pytest.approx(scores["psnr_y"])
    gained = headline.difference(given.outputs, worse.outputs, given.targets)(np.arange(3)[None])
    assert gained == pytest.approx([scores["psnr_y"] - SuperResolution().score(worse)["psnr_y"]])


def test_there_is_a_row_an_image_and_a_picture_of_the_texture():
    truths = images((30, 20), (12, 40))
    given = enlarged([truth * 0 for truth in truths], truths)
    (rows,) = SuperResolution().plots(given, names=None).values()
    assert [row["image"] for row in rows] == ["1", "2"]
    assert np.mean([row["psnr_y"] for row in rows]) == pytest.approx(SuperResolution().score(given)["psnr_y"])
    assert set(SuperResolution().pictures(given, names=None)) == {"texture"}


def test_the_frame_lies_where_the_error_is():
    truth = np.full((3, 40, 60), 90.0)
    said = truth.copy()
    said[:, 25:30, 42:50] += 40
    top, left = hardest(said, truth, 16)
    assert top <= 25 and top + 16 >= 30 and left <= 42 and left + 16 >= 50
    assert hardest(said[:, :10], truth[:, :10], 16) == (0, 0)  # an image smaller than the frame
    figure = before_and_after([{"bicubic": said, "network": said, "truth": truth}] * 2, size=16)
    assert len(figure.axes) == 8
