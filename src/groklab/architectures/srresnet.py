"""SRResNet: residual blocks over the small image, whose last feature maps are the pixels of the large one."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.bicubic import Bicubic
from groklab.layers.luma_channel import LumaChannel, check_enlarged


class SRResNet(nn.Module):
    """``bicubic(x) + detail(luma(x))``: what bicubic lacks is the same in all channels, so the colours stay its own.

    The detail is a 3x3 convolution, ``blocks`` times ``h + F(h)`` with ``F`` = 3x3 convolution, norm, activation, 3x3
    convolution, norm, then the first maps added once more, activation, drop, and a 3x3 convolution to ``scale * scale``
    maps that are shuffled into the pixels they stand for. Each ``F`` and the detail are nothing at first.

    The paper has 64 channels, 16 blocks, three channels of colour, and convolutions 9x9 and over the large image
    besides, which are for a GPU.

    Args:
        input_shape: Channels, height and width of a piece; images of any size fit.
        scale: How many pixels become of one, along each side.
        channels: Feature maps.
        blocks: Residual blocks, two convolutions each.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps; images are enlarged better without one.
        drop: Makes the dropout before the last convolution.

    Raises:
        ValueError: The input is no image in grey or colour.

    Source: Ledig et al. (2017), CVPR, figure 4; without norm: Lim et al. (2017), EDSR, CVPR Workshops, section 3.1;
        place of the dropout: Kong et al. (2022), CVPR, section 3.
    """

    depth_argument: ClassVar = "blocks"

    any_size: ClassVar[bool] = True  # also when it is exported

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        *,
        scale: PositiveInt,
        channels: PositiveInt = 32,
        blocks: PositiveInt = 2,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_enlarged(input_shape, scale)
        self.first = nn.Sequential(nn.Conv2d(1, channels, 3, padding=1), activation())
        self.blocks = nn.ModuleList(_branch(channels, activation, norm) for _ in range(blocks))
        last = nn.Conv2d(channels, scale * scale, 3, padding=1)
        for parameter in last.parameters():
            nn.init.zeros_(parameter)
        self.last = nn.Sequential(activation(), drop(), last, nn.PixelShuffle(scale))
        self.bicubic, self.luma = Bicubic(scale), LumaChannel(input_shape[0])

    def forward(
        self, x: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels next_height next_width"]:
        """The larger images, in the units of the smaller ones."""
        first = self.first(self.luma(x))
        hidden = first
        for block in self.blocks:
            hidden = hidden + block(hidden)
        enlarged: Tensor = self.bicubic(x) + self.last(first + hidden)
        return enlarged


def _branch(channels: int, activation: Callable[[], nn.Module], norm: Callable[[int], nn.Module]) -> nn.Sequential:
    first, last = norm(channels), norm(channels)
    offset = isinstance(first, nn.Identity)
    branch = nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, bias=offset),
        first,
        activation(),
        nn.Conv2d(channels, channels, 3, padding=1, bias=offset),
        last,
    )
    for parameter in (branch[3] if offset else last).parameters():
        nn.init.zeros_(parameter)
    return branch
