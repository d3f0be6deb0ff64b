import math

import pytest
import torch

from groklab.regularizers.frequency_warp import FrequencyWarp

RISING = torch.arange(20.0).expand(64, 3, 20)


def test_a_feature_takes_the_place_of_its_multiple():
    """Where feature f holds f, a stretch by a gives f * a, and never more than the last feature's 19."""
    warped = FrequencyWarp(share=0.2).train()(RISING)
    stretch = warped[:, 0, 10] / 10
    assert stretch.min() >= 0.8 and stretch.max() <= 1.2 and stretch.std() > 0.05
    expected = (torch.arange(20.0) * stretch[:, None]).clamp(max=19)
    torch.testing.assert_close(warped[:, 0], expected)


def test_an_example_has_one_stretch_and_absent_frames_stay_absent():
    x = RISING.clone()
    x[:, 2] = math.nan
    torch.manual_seed(0)
    warped = FrequencyWarp(share=0.3).train()(x)
    torch.testing.assert_close(warped[:, 0], warped[:, 1])
    assert warped[:, 2].isnan().all() and not warped[:, :2].isnan().any()


@pytest.mark.parametrize(("share", "training"), [(0.0, True), (0.5, False)])
def test_without_a_share_or_in_evaluation_nothing_changes(share, training):
    torch.testing.assert_close(FrequencyWarp(share=share).train(training)(RISING), RISING)
