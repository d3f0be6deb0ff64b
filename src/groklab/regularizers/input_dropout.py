"""Dropout of the inputs themselves."""

from typing import Annotated, ClassVar

from pydantic import Field
from torch import nn


class InputDropout(nn.Dropout):
    """In training, sets each standardized input to 0 with probability ``p`` and scales the others by ``1 / (1 - p)``.

    Args:
        p: Probability of dropping a number, 0 <= p < 1.

    Source: Srivastava et al. (2014), JMLR 15, section 4 and appendix A.4 (0.2 for real-valued inputs).
    """

    slot: ClassVar[str] = "input"
    stackable: ClassVar[tuple[str, ...]] = ("p",)
    inputs: ClassVar[str] = "numbers"

    def __init__(self, p: Annotated[float, Field(ge=0, lt=1)] = 0.2) -> None:
        super().__init__(p)
