"""The input of a forecast: a series of several channels."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from groklab.layers.padding import frame_mask, last_frames, without_nan


def horizon(input_shape: Sequence[int], num_outputs: int) -> int:
    """Steps to forecast: ``num_outputs / channels``.

    Raises:
        ValueError: The input is no series, or ``num_outputs`` no multiple of its channels.
    """
    if len(input_shape) != 2:
        raise ValueError(
            f"input_shape {list(input_shape)} is no series [time, channels]; "
            f"choose architecture={'cnn' if len(input_shape) == 3 else 'mlp'} or forecast data"
        )
    if num_outputs % input_shape[1]:
        raise ValueError(
            f"num_outputs={num_outputs} is no multiple of the {input_shape[1]} channels of the series; "
            "forecast each of them for as many steps"
        )
    return num_outputs // input_shape[1]


def relative(
    x: Float[Tensor, "batch time channels"], num_frames: int, residual: bool
) -> tuple[Float[Tensor, "batch channels frames"], Float[Tensor, "batch channels 1"]]:
    """The last ``num_frames`` valid values of each channel relative to a level, and that level.

    The level is the last value with ``residual``, else 0. A shorter series is filled with its first frame, in front.
    """
    recent = last_frames(without_nan(x), frame_mask(x), num_frames).transpose(1, 2)
    level = recent[:, :, -1:] if residual else torch.zeros_like(recent[:, :, -1:])
    return recent - level, level
