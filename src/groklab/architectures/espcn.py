"""ESPCN: convolutions over the small image, whose last feature maps are the pixels of the large one."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.bicubic import Bicubic
from groklab.layers.luma_channel import LumaChannel, check_enlarged

_KERNELS = (5, 3, 3)


class ESPCN(nn.Module):
    """Convolutions 5x5, 3x3 and 3x3 of luma to ``scale * scale`` maps that are shuffled into the pixels they stand for.

    The colours are enlarged by bicubic interpolation.

    Args:
        input_shape: Channels, height and width of a piece; images of any size fit.
        scale: How many pixels become of one, along each side.
        channels: Feature maps of the first two convolutions.
        residual: Whether the convolutions give what bicubic lacks, and not the image itself as in the paper; nothing at
            first.
        activation: Makes one activation; the paper has tanh.

    Raises:
        ValueError: The input is no image in grey or colour.

    Source: Shi et al. (2016), CVPR, sections 3.1 and 3.2.
    """

    any_size: ClassVar[bool] = True  # also when it is exported

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        *,
        scale: PositiveInt,
        channels: Annotated[list[PositiveInt], Field(min_length=2, max_length=2)],
        residual: bool = True,
        activation: Callable[[], nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        check_enlarged(input_shape, scale)
        sizes = [1, *channels, scale * scale]
        layers: list[nn.Module] = []
        for num_inputs, num_outputs, kernel in zip(sizes, sizes[1:], _KERNELS, strict=False):
            layers += [nn.Conv2d(num_inputs, num_outputs, kernel, padding=kernel // 2), activation()]
        self.layers = nn.Sequential(*layers[:-1], nn.PixelShuffle(scale))
        self.bicubic, self.luma, self.residual = Bicubic(scale), LumaChannel(input_shape[0]), residual
        if residual:
            for parameter in self.layers[-2].parameters():
                nn.init.zeros_(parameter)

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels next_height next_width"]:
        """The larger images, in the units of the smaller ones."""
        larger: Tensor = self.bicubic(x)
        said: Tensor = self.layers(self.luma(x))
        return larger + said if self.residual else larger + (said - self.luma(larger))
