"""Spectral normalization: no layer of a discriminator makes a difference larger."""

from typing import ClassVar

from pydantic import PositiveInt
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm


class SpectralNorm(nn.Module):
    """Divides the weight of each convolution, affine map and embedding by its largest singular value.

    The value is followed by power iteration, ``iterations`` a step in training.

    Args:
        iterations: Of the power method, >= 1.

    Source: Miyato et al. (2018), ICLR, section 2.1 and algorithm 1.
    """

    slot: ClassVar[str] = "weight_form"

    def __init__(self, *, iterations: PositiveInt = 1) -> None:
        super().__init__()
        self.iterations = iterations

    def forward(self, network: nn.Module) -> None:
        """Change ``network``'s layers in place."""
        for layer in list(network.modules()):
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear | nn.Embedding):
                spectral_norm(layer, n_power_iterations=self.iterations)
