"""Residual convolutional network."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.residual_block import ResidualBlock


class ResNet(nn.Module):
    """A 3x3 convolution, ``stages`` times ``blocks_per_stage`` residual blocks, the mean over the image, drop, affine.

    From stage to stage the channels double while height and width halve, rounded up: images of any size fit. With
    three stages the network has ``6 blocks_per_stage + 2`` layers.

    Args:
        input_shape: Channels, height and width of one example.
        num_outputs: Classes or targets.
        channels: Feature maps of the first stage.
        stages: Number of stages.
        blocks_per_stage: Residual blocks of a stage, two convolutions each.
        shortcuts: False leaves the shortcuts out: a plain network as deep, to compare with.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps; without one the network trains too.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is no image.

    Source: He et al. (2016), CVPR, sections 3.2 and 4.2.
    """

    depth_argument: ClassVar = "blocks_per_stage"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        channels: PositiveInt = 16,
        stages: PositiveInt = 3,
        blocks_per_stage: PositiveInt = 1,
        shortcuts: bool = True,
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
        scale = norm(channels)
        offset = isinstance(scale, nn.Identity)
        layers: list[nn.Module] = [
            nn.Conv2d(input_shape[0], channels, 3, padding=1, bias=offset),
            scale,
            activation(),
        ]
        size = channels
        for stage in range(stages):
            for block in range(blocks_per_stage):
                next_size, stride = channels * 2**stage, 2 if stage > 0 and block == 0 else 1
                layers.append(
                    ResidualBlock(size, next_size, stride=stride, activation=activation, norm=norm, shortcut=shortcuts)
                )
                size = next_size
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), drop(), nn.Linear(size, num_outputs)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        outputs: Tensor = self.layers(x)
        return outputs
