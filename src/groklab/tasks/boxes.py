"""Boxes as targets, and as answers of a detector."""

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torchmetrics import Metric

from groklab.layers.box_geometry import NUM_PLACE_COLUMNS, decode, iou
from groklab.tasks.targets import Shape, Targets

_ROUNDS = 16  # of suppression; a chain of so many boxes, each over the next alone, is not met with


class Boxes(Targets):
    """Any number of boxes an image: outputs [batch, locations, columns], targets [batch, most, 5], NaN for none."""

    def tensor(self, y: Float[Tensor, "examples most 5"]) -> Float[Tensor, "examples most 5"]:
        """As they are stored: class, left, top, right, bottom in pixels."""
        return y

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """None: average precision is one of a whole part, and is measured at the end."""
        return {}

    def fit(self, output: Shape, target: Shape) -> bool:
        """[n, locations, columns] and [n, most, 5]."""
        return len(output) == 3 and len(target) == 3 and target[2] == 5 and target[0] == output[0]

    def kept(self, output: Shaped[Tensor, "batch *columns"]) -> Shaped[Tensor, " batch"]:
        """Nothing of use: there are no metrics."""
        return output[:, 0, 0]

    def rows(self, tensor: Tensor) -> Tensor:
        """As they are."""
        return tensor

    def reading(self, loss: nn.Module) -> nn.Module:
        """Boxes without those that say the same again."""
        return Suppression()


class Suppression(nn.Module):
    """The ``most`` boxes of the highest scores, none of which overlaps a better one of its class too far.

    Greedy suppression as a fixed point: ``kept[j] = no kept[i] with i better than j, of its class, and IoU(i, j) >
    threshold``. Every round settles one more box of each chain of overlaps, and all in one go; so it is exact, of fixed
    shape, and can be exported.

    Args:
        threshold: IoU above which the less sure of two boxes of a class is left out.
        least_score: Boxes of a lower score are left out.
        candidates: The surest locations that are looked at, each with its surest class.
        most: Rows of the answer.

    Source: Zheng et al. (2021), IEEE Transactions on Cybernetics 52(8) (Cluster-NMS), algorithm 1.
    """

    def __init__(
        self, *, threshold: float = 0.6, least_score: float = 0.01, candidates: int = 300, most: int = 100
    ) -> None:
        super().__init__()
        self.threshold, self.least_score, self.candidates, self.most = threshold, least_score, candidates, most

    def forward(self, outputs: Float[Tensor, "batch locations columns"]) -> Float[Tensor, "batch most 6"]:
        """Rows of class, score, left, top, right, bottom, the surest first; NaN where there is no box."""
        scores, classes = outputs[..., NUM_PLACE_COLUMNS:].sigmoid().max(dim=-1)
        scores, order = _surest(scores, self.candidates)
        classes = classes.gather(1, order)
        columns = outputs[..., :NUM_PLACE_COLUMNS]
        boxes = decode(columns.gather(1, order.unsqueeze(-1).expand(-1, -1, NUM_PLACE_COLUMNS)))
        over = iou(boxes.unsqueeze(2), boxes.unsqueeze(1)) > self.threshold
        over = over & (classes.unsqueeze(2) == classes.unsqueeze(1))
        number = torch.arange(over.shape[1], device=over.device)
        over = (over & (number.unsqueeze(1) < number)).to(boxes.dtype)
        kept = torch.ones_like(scores)
        for _ in range(_ROUNDS):
            kept = (torch.matmul(kept.unsqueeze(1), over).squeeze(1) == 0).to(boxes.dtype)
        left = (kept > 0) & (scores > self.least_score)
        rank, row = _surest(torch.where(left, scores, -1.0), self.most)
        rows = torch.cat([classes.unsqueeze(-1).to(boxes.dtype), scores.unsqueeze(-1), boxes], dim=-1)
        rows = rows.gather(1, row.unsqueeze(-1).expand(-1, -1, 6))
        rows = torch.where((rank > 0).unsqueeze(-1), rows, torch.nan)
        return nn.functional.pad(rows, (0, 0, 0, self.most - rows.shape[1]), value=torch.nan)


def _surest(scores: Float[Tensor, "batch boxes"], most: int) -> tuple[Tensor, Tensor]:
    """The highest scores and their places; of equals the first, in torch as in ONNX.

    ``topk`` takes any of equals, and a stable sort is no operator of ONNX. In float64 there is room between two scores
    of float32 from 0.01 for the numbers of 16 thousand places.
    """
    place = torch.arange(scores.shape[1], device=scores.device, dtype=torch.float64)
    order = (scores.double() - place * 2.0**-44).topk(min(most, scores.shape[1]), dim=1).indices
    return scores.gather(1, order), order
