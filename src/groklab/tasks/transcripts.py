"""Transcripts as targets."""

import torch
from jaxtyping import Float, Int, Int64
from torch import Tensor, nn
from torchmetrics import Metric

from groklab.layers.blank import BLANK
from groklab.tasks.targets import Shape, Targets


class Transcripts(Targets):
    """Symbols in their order: outputs [batch, steps, outputs] are logits, targets [batch, most] symbols, 0 for none."""

    def metrics(self, num_outputs: int) -> dict[str, Metric]:
        """``symbol_error_rate`` of the best path: the most probable symbol of each step."""
        return {"symbol_error_rate": SymbolErrorRate()}

    def fit(self, output: Shape, target: Shape) -> bool:
        """[n, steps, outputs] and [n, most]."""
        return len(output) == 3 and len(target) == 2 and output[0] == target[0]

    def kept(self, output: Float[Tensor, "batch steps outputs"]) -> Int64[Tensor, "batch steps"]:
        """The most probable symbol of each step."""
        return output.argmax(-1)

    def rows(self, tensor: Int[Tensor, "batch steps"]) -> Int[Tensor, "batch steps"]:
        """As they are."""
        return tensor

    def reading(self, loss: nn.Module) -> nn.Module:
        """Log-probabilities of each step's symbols, in nats; a decoder makes a transcript of them."""
        return nn.LogSoftmax(dim=-1)


class SymbolErrorRate(Metric):
    """Substitutions, insertions and deletions between the best path's symbols and the targets, over their number."""

    higher_is_better = False
    full_state_update = False
    edits: Tensor
    symbols: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.add_state("edits", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")
        self.add_state("symbols", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, path: Int[Tensor, "batch steps"], target: Int[Tensor, "batch most"]) -> None:
        """Take in some examples."""
        self.edits += edit_distances(collapse(path), target).sum()
        self.symbols += (target != BLANK).sum()

    def compute(self) -> Tensor:
        """Edits over symbols; may be above 1."""
        return self.edits / self.symbols.clamp(min=1)


def collapse(path: Int[Tensor, "batch steps"]) -> Int[Tensor, "batch most"]:
    """Symbols of an alignment: repetitions are one symbol, blanks go; 0 after the end."""
    again = torch.zeros_like(path, dtype=torch.bool)
    again[:, 1:] = path[:, 1:] == path[:, :-1]
    kept = (path != BLANK) & ~again
    order = (~kept).to(torch.uint8).argsort(dim=1, stable=True)  # what is kept comes first, in its order
    most = max(1, int(kept.sum(1).max())) if len(path) else 1
    return path.masked_fill(~kept, BLANK).gather(1, order)[:, :most]


def edit_distances(said: Int[Tensor, "batch most"], target: Int[Tensor, "batch length"]) -> Int64[Tensor, " batch"]:
    """Levenshtein's distance of each row; 0 is none and stands at the end.

    A row of the table is ``min`` of substitution and insertion, then of deletions: ``min_k<=j (row_k + j - k)``, which
    is a running minimum.
    """
    places = torch.arange(target.shape[1] + 1, device=target.device)
    num_said, num_target = (said != BLANK).sum(1), (target != BLANK).sum(1)
    row = places.expand(len(target), -1)
    distance = row.gather(1, num_target[:, None]).squeeze(1)
    for number in range(said.shape[1]):
        wrong = (said[:, number : number + 1] != target).long()
        first = torch.full_like(row[:, :1], number + 1)
        best = torch.cat([first, torch.minimum(row[:, 1:] + 1, row[:, :-1] + wrong)], dim=1)
        row = (best - places).cummin(dim=1).values + places
        reached = row.gather(1, num_target[:, None]).squeeze(1)
        distance = torch.where(num_said == number + 1, reached, distance)
    return distance
