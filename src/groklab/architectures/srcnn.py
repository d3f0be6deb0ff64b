"""SRCNN: three convolutions over the enlarged image."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.bicubic import Bicubic
from groklab.layers.luma_channel import LumaChannel, check_enlarged

_KERNELS = (9, 1, 5)


class SRCNN(nn.Module):
    """Bicubic enlargement, then convolutions 9x9, 1x1 and 5x5 of its luma; the colours stay as bicubic gives them.

    Args:
        input_shape: Channels, height and width of a piece; images of any size fit.
        scale: How many pixels become of one, along each side.
        channels: Feature maps of the first two convolutions.
        residual: Whether the convolutions give what bicubic lacks, and not the image itself as in the paper; nothing at
            first.
        activation: Makes one activation.

    Raises:
        ValueError: The input is no image in grey or colour.

    Source: Dong, Loy, He & Tang (2016), IEEE TPAMI 38(2), sections 3.1 and 4.1; residual: Kim, Lee & Lee (2016), CVPR,
        section 3.1.
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
        sizes = [1, *channels, 1]
        layers: list[nn.Module] = []
        for num_inputs, num_outputs, kernel in zip(sizes, sizes[1:], _KERNELS, strict=False):
            layers += [nn.Conv2d(num_inputs, num_outputs, kernel, padding=kernel // 2), activation()]
        self.layers = nn.Sequential(*layers[:-1])
        self.bicubic, self.luma, self.residual = Bicubic(scale), LumaChannel(input_shape[0]), residual
        if residual:
            for parameter in self.layers[-1].parameters():
                nn.init.zeros_(parameter)

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels next_height next_width"]:
        """The larger images, in the units of the smaller ones."""
        larger: Tensor = self.bicubic(x)
        bright = self.luma(larger)
        said: Tensor = self.layers(bright)
        return larger + said if self.residual else larger + (said - bright)
