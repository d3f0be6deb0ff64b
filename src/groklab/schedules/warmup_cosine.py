"""Linear warm-up, then half a cosine."""

import math
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


class WarmupCosine(LambdaLR):
    """The learning rate climbs for ``warmup_epochs`` epochs, then falls to ``floor`` of it along half a cosine.

    Epoch ``e`` of the climb has ``(e + 1) / (warmup_epochs + 1)`` of the learning rate.

    Args:
        optimizer: Whose learning rate it is.
        epochs: Epochs of the whole fit.
        warmup_epochs: Epochs of the climb, fewer than ``epochs``.
        floor: Share of the learning rate that is left at the end, 0 to 1.

    Raises:
        ValueError: The climb takes the whole fit.

    Source: Goyal et al. (2017), arXiv:1706.02677, section 2.2; Loshchilov & Hutter (2017), ICLR, equation 5.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        *,
        epochs: PositiveInt,
        warmup_epochs: NonNegativeInt = 1,
        floor: Annotated[float, Field(ge=0, le=1)] = 0.0,
    ) -> None:
        if warmup_epochs >= epochs > 1:
            raise ValueError(f"warmup_epochs={warmup_epochs} takes the whole fit of {epochs} epochs; give fewer")
        rest = max(epochs - warmup_epochs, 1)

        def factor(epoch: int) -> float:
            if epoch < warmup_epochs:
                return (epoch + 1) / (warmup_epochs + 1)
            return floor + (1 - floor) * (1 + math.cos(math.pi * (epoch - warmup_epochs) / rest)) / 2

        super().__init__(optimizer, factor)
