"""What a location of a map says of a box."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

_PRIOR = 0.01  # how probable a class is at a location before anything is learnt


class DetectionHead(nn.Module):
    """Two towers of ``layers`` 3x3 convolutions, one for four numbers of a box, one for a logit a class.

    All maps share the convolutions; each has norms of its own, for their statistics differ. At first every box is two
    strides wide and high, and every class has a probability of 0.01.

    Args:
        channels: Feature maps in and between.
        num_classes: Logits a location.
        levels: How many maps there are.
        layers: Convolutions of a tower before its output.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps.

    Source: shared heads and the prior: Lin et al. (2017), ICCV (RetinaNet), sections 4 and 3.3; norms of their own:
        Ghiasi, Lin & Le (2019), CVPR (NAS-FPN), section 4.1.
    """

    def __init__(
        self,
        channels: int,
        num_classes: int,
        *,
        levels: int,
        layers: int = 1,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.towers = nn.ModuleList(
            nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(layers)) for _ in range(2)
        )
        self.norms = nn.ModuleList(
            nn.ModuleList(nn.ModuleList(norm(channels) for _ in range(layers)) for _ in range(2)) for _ in range(levels)
        )
        self.activation = activation()
        self.box = nn.Conv2d(channels, 4, 3, padding=1)
        self.classes = nn.Conv2d(channels, num_classes, 1)
        for last in (self.box, self.classes):
            nn.init.normal_(last.weight, std=0.01)
        with torch.no_grad():
            assert self.box.bias is not None and self.classes.bias is not None
            self.box.bias.copy_(torch.tensor([0.0, 0.0, math.log(2), math.log(2)]))
            self.classes.bias.fill_(-math.log(1 / _PRIOR - 1))

    def forward(self, maps: Sequence[Float[Tensor, "batch channels _ _"]]) -> Float[Tensor, "batch locations columns"]:
        """Four numbers and the logits of every location, map by map, row by row."""
        said = []
        for features, norms in zip(maps, self.norms, strict=True):
            towers = []
            for layers, scales in zip(cast(Any, self.towers), cast(Any, norms), strict=True):
                x = features
                for layer, scale in zip(layers, scales, strict=True):
                    x = self.activation(scale(layer(x)))
                towers.append(x)
            said.append(torch.cat([self.box(towers[0]), self.classes(towers[1])], dim=1).flatten(2).transpose(1, 2))
        return torch.cat(said, dim=1).float()
