"""Moved and zoomed pictures with their boxes."""

from typing import Annotated, ClassVar

import torch
from jaxtyping import Float
from pydantic import Field, NonNegativeInt
from torch import Tensor, nn
from torch.nn import functional

from groklab.kinds import Kind

_LEAST_SEEN = 0.3  # share of a box that is left in the picture, below which it is no box any more


class BoxShift(nn.Module):
    """In training, moves each image by up to ``pixels`` in each direction and zooms it, and its boxes with it.

    The zoom is ``exp(u log(1 + zoom))`` with ``u`` uniform between -1 and 1, about the middle. Edges are repeated
    outwards; boxes are cut off at them, and left out if less than 30 % of one is seen.

    Args:
        pixels: Largest shift; each shift, none among them, is equally likely.
        zoom: 0.25 for between 0.8 and 1.25 times the size; 0 for none.

    Source: Liu et al. (2016), ECCV (SSD), section 2.2, and Ghiasi et al. (2021), CVPR, section 3 (scale jittering).
    """

    slot: ClassVar[str] = "boxes"
    inputs: ClassVar[str] = "images"
    kinds: ClassVar[tuple[Kind, ...]] = ("detection",)

    def __init__(self, pixels: NonNegativeInt = 8, *, zoom: Annotated[float, Field(ge=0, le=1)] = 0.0) -> None:
        super().__init__()
        self.pixels, self.zoom = pixels, zoom

    def forward(
        self, x: Float[Tensor, "batch channels height width"], y: Float[Tensor, "batch most 5"]
    ) -> tuple[Float[Tensor, "batch channels height width"], Float[Tensor, "batch most 5"]]:
        """Images that are moved, and what is seen of their boxes."""
        if not self.training:
            return x, y
        num, (height, width) = len(x), x.shape[2:]
        size = torch.tensor([width, height], device=x.device, dtype=x.dtype)
        moved = torch.randint(-self.pixels, self.pixels + 1, (num, 2), device=x.device).to(x.dtype)
        unit = 2 * torch.rand(num, 1, device=x.device, dtype=x.dtype) - 1
        factor = (1 + self.zoom) ** unit
        # A pixel at q shows what was at (q - middle - moved) / factor + middle; the grid counts from -1 to 1.
        grid = torch.zeros(num, 2, 3, device=x.device, dtype=x.dtype)
        grid[:, 0, 0] = grid[:, 1, 1] = 1 / factor[:, 0]
        grid[:, :, 2] = -2 * moved / size / factor
        places = functional.affine_grid(grid, list(x.shape), align_corners=False)
        shown = functional.grid_sample(x, places, padding_mode="border", align_corners=False)
        return shown, self._moved(y, moved[:, None], factor[:, None], size)

    def _moved(self, y: Tensor, moved: Tensor, factor: Tensor, size: Tensor) -> Tensor:
        low, high = ((edge - size / 2) * factor + size / 2 + moved for edge in (y[..., 1:3], y[..., 3:5]))
        whole = (high - low).prod(-1, keepdim=True)
        low, high = (torch.minimum(edge.clamp(min=0), size) for edge in (low, high))
        seen = (high - low).prod(-1, keepdim=True) >= _LEAST_SEEN * whole  # an absent box is seen nowhere: NaN
        return torch.where(seen, torch.cat([y[..., :1], low, high], dim=-1), torch.nan)
