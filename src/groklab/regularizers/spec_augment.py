"""SpecAugment: stretches of time and of frequency that are not heard."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field, NonNegativeInt
from torch import Tensor, nn


class SpecAugment(nn.Module):
    """In training, sets ``time_masks`` stretches of frames and ``feature_masks`` bands of features to 0, the mean.

    Each stretch is up to ``time_share`` of an example's own frames long, each band up to ``feature_share`` of the
    features wide.

    Args:
        time_masks: Stretches of time, >= 0.
        time_share: Longest stretch, as a share of the frames, 0 to 1.
        feature_masks: Bands of features, >= 0.
        feature_share: Widest band, as a share of the features, 0 to 1.

    Source: Park et al. (2019), Interspeech, section 2, without time warping.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "frames"

    def __init__(
        self,
        *,
        time_masks: NonNegativeInt = 2,
        time_share: Annotated[float, Field(ge=0, le=1)] = 0.15,
        feature_masks: NonNegativeInt = 1,
        feature_share: Annotated[float, Field(ge=0, le=1)] = 0.2,
    ) -> None:
        super().__init__()
        self.time_masks, self.time_share = time_masks, time_share
        self.feature_masks, self.feature_share = feature_masks, feature_share

    def forward(self, x: Float[Tensor, "batch time features"]) -> Float[Tensor, "batch time features"]:
        """Frames with holes; absent frames (NaN) stay absent."""
        if not self.training:
            return x
        num, time, features = x.shape
        frames = (~x[..., 0].isnan()).sum(1, keepdim=True)
        hidden = torch.zeros(num, time, features, dtype=torch.bool, device=x.device)
        for _ in range(self.time_masks):
            hidden |= _stretch(time, frames, self.time_share)[:, :, None]
        for _ in range(self.feature_masks):
            hidden |= _stretch(features, torch.full_like(frames, features), self.feature_share)[:, None, :]
        return x.masked_fill(hidden & ~x.isnan(), 0.0)


def _stretch(size: int, room: Tensor, share: float) -> Tensor:
    """[batch, size], true in one random stretch of up to ``share`` of the first ``room`` places."""
    length = (torch.rand(room.shape, device=room.device) * (share * room + 1)).floor()
    start = (torch.rand(room.shape, device=room.device) * (room - length + 1)).floor()
    place = torch.arange(size, device=room.device)
    return (place >= start) & (place < start + length)
