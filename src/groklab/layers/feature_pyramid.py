"""Maps of several strides that know of each other."""

from collections.abc import Callable, Sequence

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class FeaturePyramid(nn.Module):
    """From the coarsest map down: ``p[i] = smooth[i](lateral[i](x[i]) + twice(p[i + 1]))``.

    ``lateral`` is a 1x1 convolution, ``twice`` repeats each value 2x2, ``smooth`` is a 3x3 convolution, norm and
    activation.

    Args:
        sizes: Feature maps of each input, fine maps first.
        channels: Feature maps of each output.
        activation: Makes one activation.
        norm: Makes a normalization from the number of feature maps.

    Source: Lin et al. (2017), CVPR, section 3.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        channels: int,
        *,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(size, channels, 1) for size in sizes)
        self.smooth = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), norm(channels), activation()) for _ in sizes
        )

    def forward(self, maps: Sequence[Float[Tensor, "batch _ _ _"]]) -> list[Tensor]:
        """As many maps as came in, each of its height and width."""
        found: list[Tensor] = []
        coarser: Tensor | None = None
        for features, lateral, smooth in zip(
            reversed(maps), reversed(self.lateral), reversed(self.smooth), strict=True
        ):
            own = lateral(features)
            if coarser is not None:
                height, width = own.shape[2:]  # a side that was odd was rounded up when it was halved
                own = own + functional.interpolate(coarser, scale_factor=2.0)[:, :, :height, :width]
            coarser = smooth(own)
            found.append(coarser)
        return found[::-1]
