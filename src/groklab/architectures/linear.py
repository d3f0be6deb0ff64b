"""Linear network: one affine map."""

from jaxtyping import Float
from pydantic import PositiveInt
from torch import Tensor, nn


class Linear(nn.Module):
    """``W x + b`` over the flattened input: linear or logistic regression as a network.

    It has no hidden layer, hence no place for an activation, a normalization or dropout.

    Args:
        num_inputs: Numbers in one example, after flattening.
        num_outputs: Classes or targets.

    Source: Goodfellow, Bengio & Courville (2016), Deep Learning, section 5.1.4.
    """

    def __init__(self, num_inputs: PositiveInt, num_outputs: PositiveInt) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(num_inputs, num_outputs))

    def forward(self, x: Float[Tensor, "batch *shape"]) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        outputs: Tensor = self.layers(x)
        return outputs
