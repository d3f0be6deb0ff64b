"""Label smoothing: no class is asked to be certain."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float, Shaped
from pydantic import Field
from torch import Tensor, nn


class LabelSmoothing(nn.Module):
    """In training, ``(1 - strength) * loss + strength * (mean over classes of -log p)``; else the loss itself.

    Args:
        loss: Cross-entropy of logits [batch, classes], or of [batch, length, tokens], where token 0 does not count.
        strength: Share of the probability that is spread over all classes, 0 <= strength < 1.

    Raises:
        ValueError: The loss is no cross-entropy over classes.

    Source: Szegedy et al. (2016), CVPR, section 7.
    """

    slot: ClassVar[str] = "loss"

    def __init__(self, loss: nn.Module, *, strength: Annotated[float, Field(ge=0, lt=1)] = 0.1) -> None:
        super().__init__()
        if type(loss).__name__ not in ("CrossEntropyLoss", "NextToken"):
            raise ValueError(f"{type(loss).__name__} has no classes to smooth over; remove label_smoothing")
        self.loss, self.strength = loss, strength

    def forward(
        self, logits: Float[Tensor, "batch *classes"], target: Shaped[Tensor, "batch *target"]
    ) -> Float[Tensor, ""]:
        """The loss of a batch."""
        fit: Tensor = self.loss(logits, target)
        if not self.training:
            return fit
        spread = -logits.log_softmax(-1).mean(-1)
        if logits.ndim == 3:
            spread = spread[target != 0]
        return (1 - self.strength) * fit + self.strength * torch.mean(spread)
