"""Turned and mirrored images, together with the images that they are to become."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Turn(nn.Module):
    """In training, each image and its target are in one of the eight positions of a square, each equally likely.

    These are its quarter turns and their mirror images. Photographs are as likely in any of them, texts and digits are
    not; where the images are not square, the four that keep height and width are drawn.

    Source: Timofte, Rothe & Van Gool (2016), "Seven ways to improve example-based single image super resolution", CVPR,
        section 2.1.
    """

    slot: ClassVar[str] = "batch"
    inputs: ClassVar[str] = "images"
    kinds: ClassVar[tuple[str, ...]] = ("super_resolution",)

    def forward(
        self,
        x: Float[Tensor, "batch channels height width"],
        y: Float[Tensor, "batch channels large_height large_width"],
    ) -> tuple[Float[Tensor, "batch channels height width"], Float[Tensor, "batch channels large_height large_width"]]:
        """Inputs and targets, turned alike."""
        if not self.training:
            return x, y
        upside_down, mirrored, transposed = torch.rand(3, len(x), 1, 1, 1, device=x.device) < 0.5
        turned = []
        for images in (x, y):
            images = torch.where(upside_down, images.flip(2), images)
            images = torch.where(mirrored, images.flip(3), images)
            if x.shape[2] == x.shape[3]:
                images = torch.where(transposed, images.transpose(2, 3), images)
            turned.append(images)
        return turned[0], turned[1]
