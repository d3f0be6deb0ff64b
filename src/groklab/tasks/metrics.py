"""Metrics of an epoch."""

from collections.abc import Mapping
from typing import cast

from torch import Tensor, nn
from torchmetrics import Metric


class EpochMetrics(nn.ModuleDict):
    """The metrics of one part of the data, kept in checkpoints so that a resumed epoch is whole."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        for metric in metrics.values():
            metric.persistent(True)
        super().__init__(metrics)

    def update_all(self, outputs: Tensor, target: Tensor) -> None:
        """Take in some rows."""
        for metric in self.values():
            cast(Metric, metric).update(outputs, target)

    def read(self, part: str) -> dict[str, Tensor]:
        """The values by name; then start anew."""
        values = {f"{part}/{name}": cast(Metric, metric).compute().mean() for name, metric in self.items()}
        self.restart()
        return values

    def restart(self) -> None:
        """Forget the rows so far."""
        for metric in self.values():
            cast(Metric, metric).reset()
