"""Plain convolutional network."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn


class CNN(nn.Module):
    """``blocks`` times (3x3 convolution, norm, activation, 2x2 max pool), then drop and an affine output.

    The channels double from block to block while height and width halve.

    Args:
        input_shape: Channels, height and width of one example.
        num_outputs: Classes or targets.
        channels: Feature maps of the first block.
        blocks: Number of blocks; each halves height and width.
        activation: Makes one activation.
        norm: Makes the normalization of a block from its number of feature maps.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is no image, or too small to be halved ``blocks`` times.

    Source: LeCun et al. (1998), Proc. IEEE 86(11), section II; 3x3 blocks after Simonyan & Zisserman (2015), section 2.
    """

    depth_argument: ClassVar = "blocks"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        channels: PositiveInt = 16,
        blocks: PositiveInt = 2,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        if len(input_shape) != 3:
            raise ValueError(
                f"input_shape {list(input_shape)} is no image [channels, height, width]; "
                "choose architecture=mlp or image data"
            )
        num_inputs, height, width = input_shape
        layers: list[nn.Module] = []
        for _ in range(blocks):
            if min(height, width) < 2:
                raise ValueError(f"blocks={blocks} is too many to halve an image of {input_shape[1:]} so often")
            scale = norm(channels)
            layers += [
                nn.Conv2d(num_inputs, channels, 3, padding=1, bias=isinstance(scale, nn.Identity)),
                scale,
                activation(),
                nn.MaxPool2d(2),
            ]
            num_inputs, channels, height, width = channels, 2 * channels, height // 2, width // 2
        layers += [nn.Flatten(), drop(), nn.Linear(num_inputs * height * width, num_outputs)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        outputs: Tensor = self.layers(x)
        return outputs
