"""Several changes of a training batch, one after the other."""

from collections.abc import Iterable

from torch import Tensor, nn


class InTurn(nn.Module):
    """Each takes inputs and targets as the one before left them."""

    def __init__(self, changes: Iterable[nn.Module]) -> None:
        super().__init__()
        self.changes = nn.ModuleList(changes)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """The changed batch."""
        for change in self.changes:
            x, y = change(x, y)
        return x, y
