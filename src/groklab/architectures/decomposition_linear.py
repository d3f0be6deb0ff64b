"""Linear forecast of trend and remainder."""

from typing import Annotated

from jaxtyping import Float
from pydantic import Field, PositiveInt
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, pad

from groklab.layers.channelwise_linear import ChannelwiseLinear
from groklab.layers.series_input import forecast_size, relative


class DecompositionLinear(nn.Module):
    """``level + W_t trend + b_t + W_r (x - trend) + b_r`` for each channel; trend is x's moving average.

    x is the series relative to its level. The moving average repeats the first and last value beyond the edges.

    Args:
        input_shape: [time, channels] of one example.
        num_outputs: Steps to forecast times channels; the result has the channels of the first step first.
        horizon: Steps to forecast; the first ``num_outputs / horizon`` channels are. ``None`` forecasts all channels.
        kernel_size: Steps in the moving average; odd.
        individual: Whether each channel has maps of its own; else they share one.
        residual: Whether the level is the last value, so that weights of 0 repeat it; else 0.

    Raises:
        ValueError: The input is no series, ``num_outputs`` no multiple of its channels or of ``horizon``, or
            ``kernel_size`` even.

    Source: Zeng et al. (2023), AAAI, section 4 (DLinear); residual after the same section's NLinear.
    """

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        horizon: PositiveInt | None = None,
        kernel_size: PositiveInt = 25,
        individual: bool = False,
        residual: bool = True,
    ) -> None:
        super().__init__()
        steps, self.num_channels = forecast_size(input_shape, num_outputs, horizon)
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size={kernel_size} is even and has no middle; give an odd number")
        self.num_frames = input_shape[0]
        self.kernel_size, self.residual = kernel_size, residual
        size = (self.num_frames, steps)
        self.trend, self.remainder = (
            ChannelwiseLinear(self.num_channels, *size) if individual else nn.Linear(*size) for _ in range(2)
        )

    def forward(self, x: Float[Tensor, "batch time channels"]) -> Float[Tensor, "batch outputs"]:
        """The forecast, step after step."""
        series, level = relative(x, self.num_frames, self.residual, self.num_channels)
        edge = self.kernel_size // 2
        trend = avg_pool1d(pad(series, (edge, edge), mode="replicate"), self.kernel_size, stride=1)
        forecast: Tensor = level + self.trend(trend) + self.remainder(series - trend)
        return forecast.transpose(1, 2).flatten(1)
