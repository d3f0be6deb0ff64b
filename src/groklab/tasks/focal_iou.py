"""Loss of a detector: which locations answer for which box, how sure they are, and how well they enclose it."""

from typing import Annotated, NamedTuple

import torch
from jaxtyping import Float, Int64
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from torch import Tensor, nn
from torch.nn import functional

from groklab.layers.box_geometry import NUM_PLACE_COLUMNS, decode, generalized_iou, iou

_TINY = 1e-9


class Assigned(NamedTuple):
    """Pairs of a box and a location that answers for it.

    Args:
        image: Number of the image in the batch.
        location: Number of the location.
        box: Number of the box among all boxes of the batch.
        quality: What the score of the box's class should be there, 0 to 1.
    """

    image: Int64[Tensor, " pairs"]
    location: Int64[Tensor, " pairs"]
    box: Int64[Tensor, " pairs"]
    quality: Float[Tensor, " pairs"]


class FocalIoU(nn.Module):
    """``(sum |q - p|^gamma BCE(p, q) + box_weight sum q (1 - GIoU)) / sum q`` over a batch.

    ``p`` is the probability of a class at a location, ``q`` its target: 0, or for the ``top`` locations of a box that
    are the best aligned with it, ``p^alpha IoU^beta``, scaled so that the best has its IoU. So a score tells both what
    a box holds and how well it encloses it. A location may answer if it lies in the box, or within ``radius`` strides
    of its centre; where boxes contend for it, the one that it encloses best has it.

    Boxes of a batch lie in one list, so an image with few costs nothing for those that it lacks.

    Args:
        gamma: How little what is nearly right counts, >= 0.
        box_weight: Of the enclosing.
        top: Locations that answer for a box at most.
        alpha: Weight of the score in the alignment.
        beta: Weight of the enclosing in the alignment.
        radius: In strides.

    Source: alignment: Feng et al. (2021), ICCV (TOOD), section 3.2; focal term with soft targets: Li et al. (2020),
        NeurIPS, equation 3; GIoU: Rezatofighi et al. (2019), CVPR.
    """

    def __init__(
        self,
        *,
        gamma: NonNegativeFloat = 2.0,
        box_weight: NonNegativeFloat = 2.0,
        top: PositiveInt = 10,
        alpha: Annotated[float, Field(ge=0)] = 1.0,
        beta: PositiveFloat = 6.0,
        radius: PositiveFloat = 1.0,
    ) -> None:
        super().__init__()
        self.gamma, self.box_weight, self.radius = gamma, box_weight, radius
        self.top, self.alpha, self.beta = top, alpha, beta

    def forward(
        self, outputs: Float[Tensor, "batch locations columns"], target: Float[Tensor, "batch most 5"]
    ) -> Float[Tensor, ""]:
        """The loss of a batch.

        Args:
            outputs: Of a detector: see :func:`groklab.layers.box_geometry.decode`.
            target: Class, left, top, right, bottom of each box, NaN where there is none.
        """
        outputs = outputs.float()
        logits, said = outputs[..., NUM_PLACE_COLUMNS:], decode(outputs)
        image, number = torch.nonzero(~torch.isnan(target[..., 0]), as_tuple=True)
        class_, boxes = target[image, number, 0].long(), target[image, number, 1:]
        found = self.assign(outputs, said, image, class_, boxes)
        wanted = torch.zeros_like(logits)
        wanted[found.image, found.location, class_[found.box]] = found.quality
        miss = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
        classes = (miss * (wanted - logits.sigmoid()).abs().pow(self.gamma)).sum()
        enclosing = generalized_iou(said[found.image, found.location], boxes[found.box])
        total = found.quality.sum().clamp(min=1.0)
        return (classes + self.box_weight * (found.quality * (1 - enclosing)).sum()) / total

    @torch.no_grad()
    def assign(
        self,
        outputs: Float[Tensor, "batch locations columns"],
        said: Float[Tensor, "batch locations 4"],
        image: Int64[Tensor, " boxes"],
        class_: Int64[Tensor, " boxes"],
        boxes: Float[Tensor, "boxes 4"],
    ) -> Assigned:
        """Which locations answer for which box.

        Args:
            outputs: Of a detector.
            said: The boxes that they say.
            image: Of each true box, the number of its image.
            class_: Its class.
            boxes: Its edges.
        """
        x, y, stride = outputs[0, :, :3].unbind(-1)
        left, top, right, bottom = boxes.unsqueeze(-1).unbind(1)
        inside = (x > left) & (x < right) & (y > top) & (y < bottom)
        reach = self.radius * stride
        inside |= ((x - (left + right) / 2).abs() < reach) & ((y - (top + bottom) / 2).abs() < reach)
        scores = outputs[image, :, NUM_PLACE_COLUMNS + class_].sigmoid()
        overlap = iou(said[image], boxes[:, None])
        aligned = torch.where(inside, scores.pow(self.alpha) * overlap.pow(self.beta) + _TINY, 0.0)
        best, location = aligned.topk(min(self.top, aligned.shape[1]), dim=1)
        answers = torch.zeros_like(inside).scatter_(1, location, best > 0)
        # Of boxes that contend for a location the one that it encloses best has it.
        strength = torch.where(answers, overlap + _TINY, 0.0)
        most = torch.zeros(outputs.shape[:2], device=outputs.device)
        most.scatter_reduce_(0, image[:, None].expand_as(strength), strength, "amax")
        answers &= strength == most[image]
        aligned, overlap = torch.where(answers, aligned, 0.0), torch.where(answers, overlap, 0.0)
        scale = overlap.amax(1, keepdim=True) / aligned.amax(1, keepdim=True).clamp(min=_TINY)
        box, location = torch.nonzero(answers, as_tuple=True)
        return Assigned(image[box], location, box, (aligned * scale)[box, location])
