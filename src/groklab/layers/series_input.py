"""The input of a forecast: a series of several channels."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from groklab.layers.padding import frame_mask, last_frames, without_nan


def forecast_size(input_shape: Sequence[int], num_outputs: int, horizon: int | None) -> tuple[int, int]:
    """Steps to forecast, and of how many channels: all of them if ``horizon`` is ``None``, else the first.

    Raises:
        ValueError: The input is no series, or ``num_outputs`` no multiple of its channels or of ``horizon``.
    """
    if len(input_shape) != 2:
        raise ValueError(
            f"input_shape {list(input_shape)} is no series [time, channels]; "
            f"choose architecture={'cnn' if len(input_shape) == 3 else 'mlp'} or forecast data"
        )
    channels = input_shape[1] if horizon is None else num_outputs // horizon
    if not 1 <= channels <= input_shape[1] or num_outputs % channels or horizon not in (None, num_outputs // channels):
        of = f"the {input_shape[1]} channels of the series" if horizon is None else f"a horizon of {horizon} steps"
        raise ValueError(f"num_outputs={num_outputs} is no multiple of {of}; forecast each channel for as many steps")
    return num_outputs // channels, channels


def relative(
    x: Float[Tensor, "batch time channels"], num_frames: int, residual: bool, num_channels: int
) -> tuple[Float[Tensor, "batch first frames"], Float[Tensor, "batch first 1"]]:
    """The last ``num_frames`` valid values of each of the first channels relative to a level, and that level.

    The level is the last value with ``residual``, else 0. A shorter series is filled with its first frame, in front.
    """
    recent = last_frames(without_nan(x)[..., :num_channels], frame_mask(x), num_frames).transpose(1, 2)
    level = recent[:, :, -1:] if residual else torch.zeros_like(recent[:, :, -1:])
    return recent - level, level
