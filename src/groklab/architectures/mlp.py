"""Multilayer perceptron."""

from collections.abc import Callable

from jaxtyping import Float
from pydantic import NonNegativeInt, PositiveInt
from torch import Tensor, nn


class MLP(nn.Module):
    """``depth`` hidden layers of ``width`` units: affine map, norm, activation, drop; then an affine output.

    A hidden layer's own offset is left out where a normalization follows, which has one.

    Args:
        num_inputs: Numbers in one example, after flattening.
        num_outputs: Classes or targets.
        width: Units in each hidden layer.
        depth: Hidden layers; 0 leaves the affine output alone.
        activation: Makes one activation.
        norm: Makes the normalization of a layer from its number of units.
        drop: Makes one dropout.

    Source: Goodfellow, Bengio & Courville (2016), Deep Learning, chapter 6.
    """

    def __init__(
        self,
        num_inputs: PositiveInt,
        num_outputs: PositiveInt,
        *,
        width: PositiveInt = 128,
        depth: NonNegativeInt = 2,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Flatten()]
        for _ in range(depth):
            scale = norm(width)
            layers += [
                nn.Linear(num_inputs, width, bias=isinstance(scale, nn.Identity)),
                scale,
                activation(),
                drop(),
            ]
            num_inputs = width
        layers.append(nn.Linear(num_inputs, num_outputs))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        outputs: Tensor = self.layers(x)
        return outputs
