"""One block of a residual network."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """``activation(shortcut(x) + F(x))`` with ``F`` = 3x3 convolution, norm, activation, 3x3 convolution, norm.

    ``F`` is 0 at first - its last scale, or without a norm its last convolution - so that a block begins as its
    shortcut. Otherwise each block would add its own variance, and activations would grow with the depth.

    Args:
        num_inputs: Feature maps of the input.
        num_outputs: Feature maps of the output.
        stride: 2 halves height and width.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps.
        shortcut: False leaves ``activation(F(x))``, two plain layers, started as others are.

    Source: He et al. (2016), CVPR, section 3.2, shortcut B; zero start: Goyal et al. (2017), section 5.1, and without a
        norm Zhang, Dauphin & Ma (2019), ICLR, section 3.
    """

    def __init__(
        self,
        num_inputs: int,
        num_outputs: int,
        *,
        stride: int = 1,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
        shortcut: bool = True,
    ) -> None:
        super().__init__()
        first, last = norm(num_outputs), norm(num_outputs)
        offset = isinstance(first, nn.Identity)
        same = stride == 1 and num_inputs == num_outputs
        self.shortcut: nn.Module | None = None
        if shortcut:
            self.shortcut = nn.Identity() if same else nn.Conv2d(num_inputs, num_outputs, 1, stride=stride)
        self.branch = nn.Sequential(
            nn.Conv2d(num_inputs, num_outputs, 3, stride=stride, padding=1, bias=offset),
            first,
            activation(),
            nn.Conv2d(num_outputs, num_outputs, 3, padding=1, bias=offset),
            last,
        )
        if shortcut:
            for parameter in (self.branch[3] if offset else last).parameters():
                nn.init.zeros_(parameter)
        self.activation = activation()

    def forward(
        self, x: Float[Tensor, "batch inputs height width"]
    ) -> Float[Tensor, "batch outputs next_height next_width"]:
        """The next feature maps."""
        branch = self.branch(x)
        outputs: Tensor = self.activation(branch if self.shortcut is None else self.shortcut(x) + branch)
        return outputs
