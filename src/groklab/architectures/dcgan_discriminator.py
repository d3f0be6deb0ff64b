"""Real or drawn? A convolutional network's opinion of an image of a class."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float, Int64
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.architectures.dcgan_generator import check_image


class DCGANDiscriminator(nn.Module):
    """Twice a 4x4 convolution that halves height and width, an affine map to ``width`` units, and a projection.

    The logit is ``w h + e[class] h``: how real the image is, and how much of its class.

    Args:
        image_shape: Channels, height and width of an image; the last two are multiples of 4.
        num_classes: Classes; 1 for none.
        channels: Feature maps at half of height and width; twice as many at a quarter.
        width: Units h of the layer before the logit.
        norm: Makes a normalization from the number of feature maps; the first convolution has none.
        drop: Makes one dropout.

    Raises:
        ValueError: ``image_shape`` is no image, or not of such a size.

    Source: Radford, Metz & Chintala (2016), ICLR, section 3; projection: Miyato & Koyama (2018), ICLR, section 3.
    """

    whole_images: ClassVar[bool] = True  # of the size of image_shape, and no other

    def __init__(
        self,
        image_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        *,
        num_classes: PositiveInt = 1,
        channels: PositiveInt = 32,
        width: PositiveInt = 128,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_image(image_shape)
        colours, height, w = image_shape
        self.halve = nn.Sequential(nn.Conv2d(colours, channels, 4, stride=2, padding=1), nn.LeakyReLU(0.2))
        self.halve_again = nn.Sequential(
            nn.Conv2d(channels, 2 * channels, 4, stride=2, padding=1), norm(2 * channels), nn.LeakyReLU(0.2)
        )
        self.units = nn.Sequential(
            nn.Flatten(), drop(), nn.Linear(2 * channels * (height // 4) * (w // 4), width), nn.LeakyReLU(0.2)
        )
        self.realness = nn.Linear(width, 1)
        self.likeness = nn.Embedding(num_classes, width)
        nn.init.normal_(self.likeness.weight, std=0.05)

    def forward(
        self, images: Float[Tensor, "batch colours height width"], classes: Int64[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """Logits: above 0 for real."""
        units = self.features(images)[-1]
        logits: Tensor = self.realness(units).squeeze(1) + (self.likeness(classes) * units).sum(1)
        return logits

    def features(self, images: Float[Tensor, "batch colours height width"]) -> list[Tensor]:
        """What each layer makes of the images."""
        halved = self.halve(images)
        again = self.halve_again(halved)
        return [halved, again, self.units(again)]
