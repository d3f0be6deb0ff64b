"""A scale and an offset of every feature map, one pair a class."""

from jaxtyping import Float
from torch import Tensor, nn


class ClassScale(nn.Module):
    """``x * (1 + scale[class]) + offset[class]``, both standard normal at first.

    Classes that begin alike, at 0, stay so for long: a step moves an entry by no more than the learning rate.

    Args:
        num_classes: Classes.
        num_features: Feature maps.

    Source: Dumoulin et al. (2017), ICLR, equation 5.
    """

    def __init__(self, num_classes: int, num_features: int) -> None:
        super().__init__()
        self.table = nn.Linear(num_classes, 2 * num_features, bias=False)
        nn.init.normal_(self.table.weight)

    def forward(
        self, x: Float[Tensor, "batch features height width"], classes: Float[Tensor, "batch classes"]
    ) -> Float[Tensor, "batch features height width"]:
        """Feature maps as each example's class has them; ``classes`` holds a 1 in the column of the class."""
        scale, offset = self.table(classes)[:, :, None, None].chunk(2, dim=1)
        scaled: Tensor = x * (1 + scale) + offset
        return scaled
