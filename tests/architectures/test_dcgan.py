import pytest
import torch

from groklab.architectures.dcgan_discriminator import DCGANDiscriminator
from groklab.architectures.dcgan_generator import DCGANGenerator
from groklab.layers.class_scale import ClassScale
from groklab.regularizers.batch_norm import BatchNorm
from groklab.tasks.latents import latents


@pytest.mark.parametrize("shape", [[1, 28, 28], [3, 32, 24], [1, 4, 4]])
def test_images_of_any_size_that_4_divides(shape):
    classes = torch.tensor([0, 1, 2])
    generator = DCGANGenerator(shape, num_latents=5, num_classes=3, channels=4, norm=BatchNorm)
    images = generator(latents(classes, num_latents=5, num_classes=3, seed=0))
    assert images.shape == (3, *shape)
    assert images.abs().max() <= 1
    discriminator = DCGANDiscriminator(shape, num_classes=3, channels=4, width=6)
    assert discriminator(images, classes).shape == (3,)
    assert [tuple(layer.shape[1:]) for layer in discriminator.features(images)] == [
        (4, shape[1] // 2, shape[2] // 2),
        (8, shape[1] // 4, shape[2] // 4),
        (6,),
    ]


@pytest.mark.parametrize("network", [DCGANGenerator, DCGANDiscriminator])
@pytest.mark.parametrize("shape", [[1, 30, 28], [784], [1, 28, 27]])
def test_other_sizes_are_refused(network, shape):
    with pytest.raises(ValueError, match="multiples of 4"):
        network(shape)


def test_noise_and_class_both_change_the_image_from_the_start():
    torch.manual_seed(0)
    generator = DCGANGenerator([1, 8, 8], num_latents=16, num_classes=2, channels=8, norm=BatchNorm)
    noise = torch.randn(64, 16)
    zeros, ones = torch.tensor([[1.0, 0.0]]).repeat(64, 1), torch.tensor([[0.0, 1.0]]).repeat(64, 1)
    first, second = generator(torch.cat([noise, zeros], 1)), generator(torch.cat([noise, ones], 1))
    assert (first - second).square().mean() > 1e-3
    assert first.var(0).mean() > 1e-3


def test_the_discriminator_is_a_projection_by_class():
    torch.manual_seed(0)
    discriminator = DCGANDiscriminator([1, 8, 8], num_classes=2, channels=2, width=3)
    images = torch.randn(5, 1, 8, 8)
    zeros, ones = torch.zeros(5, dtype=torch.long), torch.ones(5, dtype=torch.long)
    units = discriminator.features(images)[-1]
    difference = units @ (discriminator.likeness.weight[1] - discriminator.likeness.weight[0])
    torch.testing.assert_close(discriminator(images, ones) - discriminator(images, zeros), difference)


def test_a_class_scales_and_shifts_each_feature_map():
    layer = ClassScale(2, 3)
    with torch.no_grad():
        layer.table.weight.copy_(torch.tensor([[1.0, 0, 0, 0, 5, 0], [0, 0, 0, 0, 0, 0]]).T)
    x = torch.ones(2, 3, 1, 1)
    assert layer(x, torch.eye(2)).flatten(1).tolist() == [[2, 6, 1], [1, 1, 1]]
