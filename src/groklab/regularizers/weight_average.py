"""Running average of the weights: the mean of many networks on the way is steadier than the last one."""

from typing import Annotated, Any, ClassVar

from pydantic import Field
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class WeightAverage(AveragedModel):
    """Exponential moving average, ``a = decay * a + (1 - decay) * w`` after each step, from the first step's weights.

    With ``warm_up``, ``decay`` is at most ``(1 + n) / (10 + n)`` in step n: the first weights are soon forgotten.
    The average is what is validated and kept; the network itself trains on as without it.

    Args:
        network: What is trained.
        decay: Weight of the past, 0 <= decay < 1; about ``1 / (1 - decay)`` steps are remembered.
        warm_up: Whether the memory starts short.

    Source: Polyak & Juditsky (1992), SIAM J. Control Optim. 30(4); exponential form: Szegedy et al. (2016), section 8.
    """

    slot: ClassVar[str] = "average"
    stackable: ClassVar[tuple[str, ...]] = ("decay", "warm_up")

    def __init__(
        self, network: nn.Module, *, decay: Annotated[float, Field(ge=0, lt=1)] = 0.99, warm_up: bool = False
    ) -> None:
        def average(ours: Any, theirs: Any, num_averaged: Any) -> None:
            share = min(decay, (1 + int(num_averaged)) / (10 + int(num_averaged))) if warm_up else decay
            get_ema_multi_avg_fn(share)(ours, theirs, num_averaged)

        super().__init__(network, multi_avg_fn=average, use_buffers=True)
