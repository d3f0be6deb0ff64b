"""Muon for matrices, AdamW for everything else, as one optimizer."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import torch
from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import nn


class Muon(torch.optim.Optimizer):
    """Momentum whose matrix is replaced by the nearest orthogonal one; offsets and filters of rank 4 go to AdamW.

    torch's own Muon takes matrices alone. The update is scaled to AdamW's size, so one learning rate suits both.

    Args:
        params: Parameters of the network.
        lr: Learning rate.
        momentum: Of the matrices, 0 <= momentum < 1.
        weight_decay: Decoupled, of the matrices.

    Source: Jordan et al. (2024), "Muon: an optimizer for hidden layers in neural networks"; scale of the update:
        Liu et al. (2025), arXiv:2502.16982, section 2.2.
    """

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        *,
        lr: PositiveFloat = 0.001,
        momentum: Annotated[float, Field(ge=0, lt=1)] = 0.95,
        weight_decay: NonNegativeFloat = 0.0,
    ) -> None:
        every = list(params)
        matrices = [weight for weight in every if weight.ndim == 2]
        rest = [weight for weight in every if weight.ndim != 2]
        self._parts: list[torch.optim.Optimizer] = []
        if matrices:
            rule: dict[str, Any] = {"adjust_lr_fn": "match_rms_adamw", "momentum": momentum}
            self._parts.append(torch.optim.Muon(matrices, lr=lr, weight_decay=weight_decay, **rule))
        if rest:
            self._parts.append(torch.optim.AdamW(rest, lr=lr, weight_decay=0.0))
        super().__init__(every, {"lr": lr})
        self._link()

    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step of both."""
        for part in self._parts:
            part.step()

    def state_dict(self) -> dict[str, Any]:
        """The states of both."""
        return {"parts": [part.state_dict() for part in self._parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take both up again."""
        for part, state in zip(self._parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self._link()

    def _link(self) -> None:
        # The groups are those of the parts themselves: a schedule that sets a learning rate here sets it there.
        self.param_groups = [group for part in self._parts for group in part.param_groups]
