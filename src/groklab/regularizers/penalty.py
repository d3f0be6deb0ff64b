"""What a penalty is: a term of the loss that depends on the weights alone."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from jaxtyping import Float
from torch import Tensor, nn


class Penalty(nn.Module, ABC):
    """A term that joins the loss and is logged by name, in units of the loss."""

    @abstractmethod
    def forward(self, network: nn.Module) -> Float[Tensor, ""]:
        """The cost of the network's weights."""


def weights(network: nn.Module) -> Iterator[Tensor]:
    """Weights proper: parameters of rank >= 2, so neither offsets nor the scales of a normalization."""
    return (parameter for parameter in network.parameters() if parameter.ndim >= 2)
