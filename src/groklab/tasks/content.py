"""What keeps a drawn image close to the one that it should be."""

from typing import Literal

import torch
from jaxtyping import Float
from pydantic import NonNegativeFloat
from torch import Tensor, nn
from torch.nn import functional

Images = Float[Tensor, "batch channels height width"]


class Content(nn.Module):
    """``pixel_weight * pixel error + feature_weight * mean |difference of the discriminator's features|``.

    Args:
        pixel_weight: Of the error of pixels.
        pixel_loss: ``l1`` or ``mse``.
        feature_weight: Of the features' difference, a mean over layers.

    Source: Ledig et al. (2017), CVPR, section 2.2; the discriminator's features instead of another network's: Larsen et
        al. (2016), ICML, section 3.2.
    """

    def __init__(
        self,
        *,
        pixel_weight: NonNegativeFloat = 1.0,
        pixel_loss: Literal["l1", "mse"] = "l1",
        feature_weight: NonNegativeFloat = 0.0,
    ) -> None:
        super().__init__()
        self.pixel_weight, self.feature_weight = pixel_weight, feature_weight
        self.error = functional.l1_loss if pixel_loss == "l1" else functional.mse_loss

    def forward(self, discriminator: nn.Module, fake: Images, real: Images) -> dict[str, Float[Tensor, ""]]:
        """The terms by name; those of weight 0 are left out."""
        costs = {}
        if self.pixel_weight:
            costs["content/pixel"] = self.pixel_weight * self.error(fake, real)
        if self.feature_weight:
            pairs = zip(discriminator.features(fake), discriminator.features(real), strict=True)  # type: ignore[operator]
            errors = [functional.l1_loss(ours, theirs.detach()) for ours, theirs in pairs]
            costs["content/features"] = self.feature_weight * torch.stack(errors).mean()
        return costs
