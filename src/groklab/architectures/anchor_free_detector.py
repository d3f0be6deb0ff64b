"""Single-shot detector without anchors."""

from collections.abc import Callable
from typing import Annotated

import torch
from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.detection_head import DetectionHead
from groklab.layers.feature_pyramid import FeaturePyramid
from groklab.layers.residual_block import ResidualBlock


class AnchorFreeDetector(nn.Module):
    """Residual stages, a pyramid from the coarse maps down to the fine ones, one head for all maps, drop before it.

    A stage halves height and width, rounded up, and doubles the channels up to ``8 channels``. Every location of the
    maps of the ``levels`` coarsest stages says one box, relative to itself, and one logit a class.

    Args:
        input_shape: Channels, height and width of one image.
        num_outputs: Classes.
        channels: Feature maps of the first stage, a convolution of stride 2.
        stages: Number of stages; the coarsest map has stride ``2 ** stages``.
        levels: How many maps boxes are read from.
        blocks_per_stage: Residual blocks of each stage but the first.
        pyramid_channels: Feature maps of the pyramid and of the head.
        head_layers: Convolutions of the head before the outputs.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is no image, or there are more levels than residual stages.

    Source: anchor-free heads: Tian et al. (2019), ICCV (FCOS), and Ge et al. (2021) (YOLOX); pyramid: Lin et al.
        (2017), CVPR.
    """

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        channels: PositiveInt = 16,
        stages: Annotated[int, Field(ge=2)] = 4,
        levels: PositiveInt = 2,
        blocks_per_stage: PositiveInt = 1,
        pyramid_channels: PositiveInt = 64,
        head_layers: PositiveInt = 1,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        if len(input_shape) != 3:
            raise ValueError(
                f"input_shape {list(input_shape)} is no image [channels, height, width]; choose image data with boxes"
            )
        if levels >= stages:
            raise ValueError(f"levels={levels} must be less than stages={stages}: the first stage has no boxes")
        scale = norm(channels)
        offset = isinstance(scale, nn.Identity)
        self.first = nn.Sequential(
            nn.Conv2d(input_shape[0], channels, 3, stride=2, padding=1, bias=offset), scale, activation()
        )
        sizes = [min(2**stage, 8) * channels for stage in range(stages)]
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    ResidualBlock(
                        size if block else sizes[number],
                        size,
                        stride=1 if block else 2,
                        activation=activation,
                        norm=norm,
                    )
                    for block in range(blocks_per_stage)
                )
            )
            for number, size in enumerate(sizes[1:])
        )
        self.levels = levels
        self.pyramid = FeaturePyramid(sizes[-levels:], pyramid_channels, activation=activation, norm=norm)
        self.drop = drop()
        self.head = DetectionHead(
            pyramid_channels, num_outputs, levels=levels, layers=head_layers, activation=activation, norm=norm
        )
        places = [_places(input_shape[1:], 2**stage) for stage in range(stages - levels + 1, stages + 1)]
        self.register_buffer("places", torch.cat(places), persistent=False)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch locations columns"]:
        """For each location, fine maps first: x, y, stride, four numbers of the box, logits; see ``layers.decode``."""
        x = self.first(x)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        said = self.head([self.drop(features) for features in self.pyramid(maps[-self.levels :])])
        places: Tensor = self.get_buffer("places")
        return torch.cat([places.expand(said.shape[0], -1, -1), said], dim=-1)


def _places(size: list[int], stride: int) -> Float[Tensor, "locations 3"]:
    """Centre and stride of each location of a map, row by row, in pixels of the image."""
    down, right = (stride * (torch.arange(-(-side // stride)) + 0.5) for side in size)
    y, x = torch.meshgrid(down, right, indexing="ij")
    return torch.stack([x, y, torch.full_like(x, stride)], dim=-1).flatten(0, 1)
