"""Images from noise and a class, by transposed convolutions."""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.class_scale import ClassScale


class DCGANGenerator(nn.Module):
    """Affine map to a quarter of height and width, then twice a 4x4 transposed convolution that doubles both; tanh.

    The class scales and shifts every feature map after its norm. It is no input of the affine map: there it would
    outweigh the noise, which the norm then all but removes, and images of a class would all be alike.

    Args:
        image_shape: Channels, height and width of an image; the last two are multiples of 4.
        num_latents: Random numbers that an image is made of.
        num_classes: Classes; 1 for none.
        channels: Feature maps at half of height and width; twice as many at a quarter.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps.
        drop: Makes one dropout.

    Raises:
        ValueError: ``image_shape`` is no image, or not of such a size.

    Source: Radford, Metz & Chintala (2016), ICLR, section 3; class: Dumoulin et al. (2017), ICLR, section 2.2.
    """

    def __init__(
        self,
        image_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        *,
        num_latents: PositiveInt = 64,
        num_classes: PositiveInt = 1,
        channels: PositiveInt = 32,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_image(image_shape)
        colours, height, width = image_shape
        self.num_latents = num_latents
        self.seed_shape = (2 * channels, height // 4, width // 4)
        self.seed = nn.Linear(num_latents, 2 * channels * (height // 4) * (width // 4))
        self.norms = nn.ModuleList([norm(2 * channels), norm(channels)])
        self.scales = nn.ModuleList([ClassScale(num_classes, 2 * channels), ClassScale(num_classes, channels)])
        self.activations = nn.ModuleList([activation(), activation()])
        self.drop = drop()
        self.enlarge = nn.ConvTranspose2d(2 * channels, channels, 4, stride=2, padding=1)
        self.image = nn.ConvTranspose2d(channels, colours, 4, stride=2, padding=1)

    def forward(self, x: Float[Tensor, "batch latents_and_classes"]) -> Float[Tensor, "batch colours height width"]:
        """Images in -1..1 from noise beside one column a class."""
        noise, classes = x[:, : self.num_latents], x[:, self.num_latents :]
        maps = self.seed(noise).unflatten(1, self.seed_shape)
        maps = self.activations[0](self.scales[0](self.norms[0](maps), classes))
        maps = self.activations[1](self.scales[1](self.norms[1](self.enlarge(self.drop(maps))), classes))
        images: Tensor = self.image(maps).tanh()
        return images


def check_image(shape: list[int]) -> None:
    """Refuse what cannot be halved twice.

    Raises:
        ValueError: ``shape`` is no [channels, height, width], or the last two are no multiples of 4.
    """
    if len(shape) != 3 or shape[1] % 4 or shape[2] % 4:
        raise ValueError(
            f"image_shape {list(shape)} is no image [channels, height, width] with height and width multiples of 4; "
            "choose image data, or another data.size"
        )
