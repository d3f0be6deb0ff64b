"""Convolutions that read every few frames as one step, then a recurrent network: speech to symbols."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.blank import certainly_blank
from groklab.layers.frame_convolution import FrameConvolution
from groklab.layers.padding import frame_mask, trim, without_nan
from groklab.layers.recurrence import Cell, Recurrence


class ConvRecurrent(nn.Module):
    """Convolutions (norm, activation, drop), stacked recurrent layers, and an affine map at every step.

    A convolution of stride s makes one step of s frames, so that there are ``ceil(time / s)``; a step is valid if the
    frame at its centre is. How much padding follows a sound changes nothing.

    Args:
        input_shape: [time, features] of frames.
        num_outputs: Symbols and the blank, which is 0.
        dimensions: 1 convolves over time, features being channels; 2 over time and features, so that what is learnt of
            one band holds for its neighbours: better for unknown voices, and slower. Each halves the features.
        channels: Of each convolution.
        kernel_size: Steps (and features) that a convolution sees, odd.
        strides: Steps of its input that each convolution reads as one; their product is the subsampling.
        cell: rnn (tanh), lstm or gru.
        hidden_size: Units of a recurrent layer and direction.
        num_layers: Recurrent layers.
        bidirectional: Whether to read backward too.
        activation: Makes the activation of a convolution.
        norm: Makes the normalization of a convolution from its number of channels.
        drop: Makes the dropout after each convolution, between recurrent layers and before the output.

    Raises:
        ValueError: The input is no frames, or ``kernel_size`` is even.

    Source: Amodei et al. (2016), ICML (Deep Speech 2), sections 3.1, 3.3 and 3.5.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        dimensions: Literal[1, 2] = 1,
        channels: PositiveInt = 64,
        kernel_size: PositiveInt = 5,
        strides: Annotated[list[PositiveInt], Field(min_length=1)] = [2, 2],  # noqa: B006 - it is read only
        cell: Cell = "gru",
        hidden_size: PositiveInt = 64,
        num_layers: PositiveInt = 1,
        bidirectional: bool = True,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        if len(input_shape) != 2:
            raise ValueError(
                f"input_shape {list(input_shape)} is no frames [time, features]; choose "
                f"architecture={'cnn' if len(input_shape) == 3 else 'mlp'} or data of sounds"
            )
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size={kernel_size} must be odd, so that a step has a centre")
        self.num_steps, num_features = input_shape
        before = num_features if dimensions == 1 else 1
        self.convolutions = nn.ModuleList()
        for stride in strides:
            self.convolutions.append(
                FrameConvolution(
                    before,
                    channels,
                    dimensions=dimensions,
                    kernel_size=kernel_size,
                    stride=stride,
                    norm=norm(channels),
                    activation=activation(),
                    drop=drop(),
                )
            )
            self.num_steps, num_features, before = -(-self.num_steps // stride), -(-num_features // 2), channels
        self.dimensions = dimensions
        self.recurrence = Recurrence(
            channels if dimensions == 1 else channels * num_features,
            hidden_size,
            cell=cell,
            num_layers=num_layers,
            bidirectional=bidirectional,
            drop=drop,
        )
        self.output = nn.Sequential(drop(), nn.Linear(self.recurrence.num_outputs, num_outputs))

    def forward(self, x: Float[Tensor, "batch time features"]) -> Float[Tensor, "batch steps outputs"]:
        """Logits; steps without a frame are certainly blank."""
        frames, valid = trim(without_nan(x), frame_mask(x))
        maps = frames.transpose(1, 2) if self.dimensions == 1 else frames.unsqueeze(1)
        for convolution in self.convolutions:
            maps, valid = convolution(maps, valid)
        logits = self.output(self.recurrence(maps.movedim(2, 1).flatten(2), valid))
        return certainly_blank(logits, valid, length=self.num_steps)
