"""Recurrent forecast of a series."""

from collections.abc import Callable
from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from groklab.layers.recurrence import Cell, Recurrence
from groklab.layers.series_input import forecast_size, relative


class RecurrentForecaster(nn.Module):
    """``level + W drop(h) + b``, with the last state h of recurrent layers that read the series patch by patch.

    Each channel is read by itself, all by the same weights. A patch of 1 step gives the plain recurrent forecast;
    longer patches shorten what has to be remembered, and the computation.

    Args:
        input_shape: [time, channels] of one example.
        num_outputs: Steps to forecast times channels; the result has the channels of the first step first.
        horizon: Steps to forecast; the first ``num_outputs / horizon`` channels are. ``None`` forecasts all channels.
        patch_size: Time steps that the network reads at once; a last patch too short is filled with the first value.
        cell: rnn (tanh), lstm or gru.
        hidden_size: Units of a layer.
        num_layers: Recurrent layers.
        residual: Whether the series is read and forecast relative to its last value; else to 0.
        drop: Makes the dropout between two layers and before the output.

    Raises:
        ValueError: The input is no series, or ``num_outputs`` no multiple of its channels or of ``horizon``.

    Source: Lin et al. (2023), SegRNN, arXiv 2308.11200, section 3, without its decoder.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        horizon: PositiveInt | None = None,
        patch_size: PositiveInt = 1,
        cell: Cell = "gru",
        hidden_size: PositiveInt = 64,
        num_layers: PositiveInt = 1,
        residual: bool = True,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        steps, self.num_channels = forecast_size(input_shape, num_outputs, horizon)
        self.patch_size, self.residual = patch_size, residual
        self.num_patches = -(-input_shape[0] // patch_size)
        self.recurrence = Recurrence(patch_size, hidden_size, cell=cell, num_layers=num_layers, drop=drop)
        self.output = nn.Sequential(drop(), nn.Linear(hidden_size, steps))

    def forward(self, x: Float[Tensor, "batch time channels"]) -> Float[Tensor, "batch outputs"]:
        """The forecast, step after step."""
        series, level = relative(x, self.num_patches * self.patch_size, self.residual, self.num_channels)
        patches = series.reshape(-1, self.num_patches, self.patch_size)
        every = torch.ones(patches.shape[:2], dtype=torch.bool, device=x.device)
        changes = self.output(self.recurrence(patches, every)[:, -1])
        forecast: Tensor = level + changes.unflatten(0, (-1, self.num_channels))
        return forecast.transpose(1, 2).flatten(1)
