"""Images as targets."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torchmetrics import Metric
from torchmetrics.image import PeakSignalNoiseRatio

from groklab.data.scaling import Inverse, Standardize
from groklab.layers.luma import OFFSET, WEIGHTS
from groklab.tasks.targets import Shape, Targets

_WHITE = 255.0


class Pixels(Targets):
    """Larger images: outputs and targets [batch, channels, height, width], on the scale of the inputs.

    Args:
        scale: Standardization of the inputs.
    """

    def __init__(self, scale: Standardize) -> None:
        self.scale = scale

    def tensor(self, y: Tensor) -> Tensor:
        """Standardized."""
        standardized: Tensor = self.scale(y)
        return standardized

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """``psnr``: ``10 log10(255^2 / mean squared error)`` of luma over all pixels of the pieces, in dB."""
        return {"psnr": PeakSignalNoiseRatio(data_range=_WHITE)}

    def fit(self, output: Shape, target: Shape) -> bool:
        """Both [n, channels, height, width]."""
        return len(output) == 4 and target == output

    def kept(self, output: Tensor) -> Tensor:
        """All of it."""
        return output

    def rows(self, tensor: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch height width"]:
        """Luma from 16 to 235."""
        values = self.scale.invert(tensor.float())
        if values.shape[1] == 1:
            values = values.expand(-1, 3, -1, -1)
        weights = torch.tensor(WEIGHTS, device=values.device).view(1, 3, 1, 1)
        return OFFSET + (values * weights).sum(1)

    def reading(self, loss: nn.Module) -> nn.Module:
        """Pixels from 0 to 255."""
        return nn.Sequential(Inverse(self.scale), nn.Hardtanh(0.0, _WHITE))
