import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from groklab.evaluation.reliability import Reliability
from tests.evaluation.examples import classified, drawn_classes


def test_bins_by_hand():
    # Ten answers at 0.7, of which 4 are right, and ten at 0.9, of which 9 are: (10 * 0.3 + 10 * 0.0) / 20.
    confidence = np.repeat([0.7, 0.9], 10)
    targets = [0] * 4 + [1] * 6 + [0] * 9 + [1]
    found = Reliability.of(classified(np.stack([confidence, 1 - confidence], 1), targets), num_bins=5)
    assert found.counts.tolist() == [0, 0, 0, 10, 10]
    assert found.accuracy[3:] == pytest.approx([0.4, 0.9])
    assert found.confidence[3:] == pytest.approx([0.7, 0.9])
    assert found.calibration_error == pytest.approx(0.15)


@pytest.mark.parametrize("bins", [1, 10, 15])
def test_it_is_the_calibration_error_of_torchmetrics(bins):
    given = drawn_classes(500, 4)
    theirs = multiclass_calibration_error(
        torch.tensor(given.outputs), torch.tensor(given.targets), num_classes=4, n_bins=bins
    )
    assert Reliability.of(given, num_bins=bins).calibration_error == pytest.approx(float(theirs))


def test_certainty_shares_the_last_bin():
    given = classified([[1, 0], [0.99, 0.01]], [0, 1])
    found = Reliability.of(given, num_bins=10)
    assert found.counts[-1] == 2
    assert found.calibration_error == pytest.approx((1 + 0.99) / 2 - 0.5)
