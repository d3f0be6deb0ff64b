"""Vocal-tract-length perturbation: frequencies are stretched, as in a longer or shorter throat."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn


class FrequencyWarp(nn.Module):
    """In training, feature ``f`` of an example becomes feature ``f * a``, ``a`` drawn once from 1 - share to 1 + share.

    Between two features the value is interpolated; beyond the last one it is the last one's. The features must be bands
    in the order of their frequencies, as log-mel power is.

    Args:
        share: Greatest stretch, as a share of the frequency, 0 to below 1.

    Source: Jaitly & Hinton (2013), ICML workshop on deep learning for audio, section 3, on mel bands.
    """

    slot: ClassVar[str] = "input"
    inputs: ClassVar[str] = "frames"

    def __init__(self, *, share: Annotated[float, Field(ge=0, lt=1)] = 0.1) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Float[Tensor, "batch time features"]) -> Float[Tensor, "batch time features"]:
        """Stretched frames; absent ones (NaN) stay absent."""
        if not self.training:
            return x
        num, _, features = x.shape
        stretch = 1 + self.share * (2 * torch.rand(num, 1, device=x.device) - 1)
        places = (stretch * torch.arange(features, device=x.device)).clamp(max=features - 1)
        below = places.floor().long()
        above = (below + 1).clamp(max=features - 1)
        lower, upper = (x.gather(2, at.unsqueeze(1).expand_as(x)) for at in (below, above))
        return torch.lerp(lower, upper, (places - below).unsqueeze(1).to(x.dtype))
