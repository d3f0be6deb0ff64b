import logging

import pytest
import torch

from groklab.tasks.sample_quality import SampleQuality, spread


def read(fake, real, classes):
    quality = SampleQuality()
    quality.update(fake, real, classes)
    return {name: float(value) for name, value in quality.read().items()}


def test_the_same_images_are_at_distance_0_and_as_diverse():
    images, classes = torch.randn(40, 1, 4, 4), torch.arange(40) % 4
    values = read(images, images, classes)
    assert values["frechet_pixels"] == pytest.approx(0, abs=1e-9)
    assert values["diversity"] == pytest.approx(1)


def test_one_image_a_class_has_no_diversity_however_different_the_classes_are():
    classes = torch.arange(40) % 4
    fake = classes[:, None].float().repeat(1, 5)
    assert read(fake, torch.randn(40, 5), classes)["diversity"] == 0


def test_spread_is_the_variance_within_classes():
    rows, classes = torch.tensor([[0.0], [2.0], [10.0], [10.0]]).numpy(), torch.tensor([0, 0, 1, 1]).numpy()
    assert spread(rows, classes) == pytest.approx(0.5)  # 1 of the first two, 0 of the others


def test_collapse_is_said_once_after_three_epochs_in_a_row(caplog):
    quality = SampleQuality()
    with caplog.at_level(logging.WARNING):
        for epoch, diversity in enumerate([0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1]):
            quality.watch(diversity, epoch=epoch)
    (record,) = caplog.records
    assert "epoch 6: the generator has collapsed" in record.getMessage()
    assert "10 %" in record.getMessage()
