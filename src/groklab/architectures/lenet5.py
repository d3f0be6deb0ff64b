"""LeNet-5, the convolutional network of 1998."""

from collections.abc import Callable
from typing import Annotated

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

_MAPS, _KERNEL, _PADDING, _SMALLEST, _UNITS = (6, 16), 5, 2, 32, (120, 84)


class LeNet5(nn.Module):
    """Twice (5x5 convolution, norm, activation, 2x2 max pool), twice (affine map, activation, drop), an affine output.

    The convolutions have 6 and 16 feature maps, the affine maps 120 and 84 units. The first convolution pads its
    image by 2, as the 28x28 digits were padded to 32x32, and a smaller image to that size. Today's form differs from
    that of 1998: it takes the maximum where that averaged with weights, joins every map to every other, and ends in
    an affine map, not in radial units.

    Args:
        input_shape: Channels, height and width of one example.
        num_outputs: Classes or targets.
        activation: Makes one activation.
        norm: Makes the normalization of a convolution from its number of feature maps.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is no image.

    Source: LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86(11), section II.B.
    """

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
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
        num_inputs, *size = input_shape
        around = [max(_PADDING, -(-(_SMALLEST - side) // 2)) for side in size]
        layers: list[nn.Module] = []
        for maps, (down, right) in zip(_MAPS, (around, (0, 0)), strict=True):
            scale = norm(maps)
            plain = isinstance(scale, nn.Identity)
            convolution = nn.Conv2d(num_inputs, maps, _KERNEL, padding=(down, right), bias=plain)
            layers += [convolution, scale, activation(), nn.MaxPool2d(2)]
            size = [(size[0] + 2 * down - _KERNEL + 1) // 2, (size[1] + 2 * right - _KERNEL + 1) // 2]
            num_inputs = maps
        layers.append(nn.Flatten())
        num_inputs *= size[0] * size[1]
        for units in _UNITS:
            layers += [nn.Linear(num_inputs, units), activation(), drop()]
            num_inputs = units
        layers.append(nn.Linear(num_inputs, num_outputs))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        outputs: Tensor = self.layers(x)
        return outputs
