"""Real or enlarged? A convolutional network's opinion of each place of an image."""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Float, Int64
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.luma_channel import LumaChannel, check_enlarged


class PatchDiscriminator(nn.Module):
    """Convolutions 4x4 of luma that halve the image ``halvings`` times, then two of 3x3: a logit for each place.

    A place sees ``7 * 2^halvings - 2`` pixels along each side: textures are judged, not what they make up.

    Args:
        image_shape: Channels, height and width of an image; images of any size fit.
        channels: Feature maps at half of height and width; twice as many from there on.
        halvings: How often height and width are halved.
        norm: Makes a normalization from the number of feature maps; the first convolution has none.
        drop: Makes the dropout before the logits.

    Raises:
        ValueError: The input is no image in grey or colour.

    Source: Isola, Zhu, Zhou & Efros (2017), CVPR, section 3.2.2.
    """

    def __init__(
        self,
        image_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        *,
        channels: PositiveInt = 32,
        halvings: PositiveInt = 2,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_enlarged(image_shape, 2)
        self.luma = LumaChannel(image_shape[0])
        layers = [nn.Sequential(nn.Conv2d(1, channels, 4, stride=2, padding=1), nn.LeakyReLU(0.2))]
        size = channels
        for kernel, stride in [*[(4, 2)] * (halvings - 1), (3, 1)]:
            layers.append(
                nn.Sequential(
                    nn.Conv2d(size, 2 * channels, kernel, stride=stride, padding=1),
                    norm(2 * channels),
                    nn.LeakyReLU(0.2),
                )
            )
            size = 2 * channels
        self.layers = nn.ModuleList(layers)
        self.realness = nn.Sequential(drop(), nn.Conv2d(size, 1, 3, padding=1))

    def forward(
        self, images: Float[Tensor, "batch colours height width"], classes: Int64[Tensor, " batch"]
    ) -> Float[Tensor, " places"]:
        """Logits of all places of all images: above 0 for real."""
        logits: Tensor = self.realness(self.features(images)[-1])
        return logits.flatten()

    def features(self, images: Float[Tensor, "batch colours height width"]) -> list[Tensor]:
        """What each layer makes of the images."""
        found = [self.luma(images)]
        for layer in self.layers:
            found.append(layer(found[-1]))
        return found[1:]
