"""Boxes as left, top, right and bottom: what they have in common, and where a detector's columns put them."""

import torch
from jaxtyping import Float
from torch import Tensor

NUM_PLACE_COLUMNS = 7  # of a detector's outputs; those behind them are the logits of the classes
_TINY = 1e-9


def decode(columns: Float[Tensor, "*locations columns"]) -> Float[Tensor, "*locations 4"]:
    """Boxes in pixels from a detector's columns ``(x, y, s, a, b, u, v, logits...)``.

    A location at ``(x, y)`` of stride ``s`` says a box with the centre ``(x + s a, y + s b)`` that is ``s exp(u)`` wide
    and ``s exp(v)`` high.

    Source: Ge et al. (2021), "YOLOX: exceeding YOLO series in 2021", section 2.1.
    """
    stride = columns[..., 2:3]
    centre = columns[..., :2] + stride * columns[..., 3:5]
    half = 0.5 * stride * columns[..., 5:7].clamp(max=8.0).exp()  # a box of 3,000 strides is one that went astray
    return torch.cat([centre - half, centre + half], dim=-1)


def area(boxes: Float[Tensor, "*boxes 4"]) -> Float[Tensor, "*boxes"]:
    """In square pixels; 0 where a box is turned inside out."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(dim=-1)


def iou(one: Float[Tensor, "*boxes 4"], other: Float[Tensor, "*others 4"]) -> Float[Tensor, "*both"]:
    """Intersection over union, 0 to 1; the shapes broadcast."""
    shared = _overlap(one, other)
    return shared / (area(one) + area(other) - shared).clamp(min=_TINY)


def generalized_iou(one: Float[Tensor, "*boxes 4"], other: Float[Tensor, "*boxes 4"]) -> Float[Tensor, "*boxes"]:
    """``iou - (hull - union) / hull``, -1 to 1: boxes that do not meet are the worse the farther they are apart.

    Source: Rezatofighi et al. (2019), CVPR, algorithm 1.
    """
    shared = _overlap(one, other)
    union = area(one) + area(other) - shared
    hull = area(
        torch.cat([torch.minimum(one[..., :2], other[..., :2]), torch.maximum(one[..., 2:], other[..., 2:])], dim=-1)
    )
    return shared / union.clamp(min=_TINY) - (hull - union) / hull.clamp(min=_TINY)


def _overlap(one: Tensor, other: Tensor) -> Tensor:
    low = torch.maximum(one[..., :2], other[..., :2])
    high = torch.minimum(one[..., 2:], other[..., 2:])
    return (high - low).clamp(min=0).prod(dim=-1)
