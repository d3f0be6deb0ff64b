"""Dropout: noise that keeps units from relying on each other."""

from typing import Annotated, ClassVar

from pydantic import Field
from torch import nn


class Dropout(nn.Dropout):
    """In training, sets each input to 0 with probability ``p`` and scales the others by ``1 / (1 - p)``.

    It fills an architecture's ``drop`` slot.

    Args:
        p: Probability of dropping a number, 0 <= p < 1; 0 disables.

    Raises:
        ValueError: ``p`` is outside of its range.

    Source: Srivastava et al. (2014), JMLR 15, section 4; scaled in training instead of at test.
    """

    slot: ClassVar[str] = "drop"
    stackable: ClassVar[tuple[str, ...]] = ("p",)

    def __init__(self, p: Annotated[float, Field(ge=0, lt=1)] = 0.2) -> None:
        if not 0 <= p < 1:
            raise ValueError(f"p={p} is no probability of dropping; give 0 <= p < 1")
        super().__init__(p)
