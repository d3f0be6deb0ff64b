"""Losses that torch does not have, and which loss fits which kind of target."""

from typing import Literal

from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from groklab.errors import UserError

Kind = Literal["classification", "regression"]


class OneVsAll(nn.Module):
    """Binary cross-entropy of one yes-or-no question a class, summed over classes, averaged over examples, in nats.

    Source: Rifkin & Klautau (2004), JMLR 5, section 2, with the logistic loss.
    """

    def forward(self, logits: Float[Tensor, "batch classes"], target: Int64[Tensor, " batch"]) -> Float[Tensor, ""]:
        """The loss of a batch."""
        answers = functional.one_hot(target, logits.shape[1]).to(logits.dtype)
        return functional.binary_cross_entropy_with_logits(logits, answers, reduction="sum") / len(logits)


_LOSSES: dict[str, tuple[type[nn.Module], ...]] = {
    "classification": (nn.CrossEntropyLoss, OneVsAll, nn.MultiMarginLoss),
    "regression": (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss),
}
_CHOICES = {
    "classification": "loss=cross_entropy or loss=binary_cross_entropy",
    "regression": "loss=mse, loss=mae or loss=huber",
}


def check_loss(loss: nn.Module, kind: Kind) -> None:
    """Refuse a loss that was made for the other kind of target; a loss of the user's own is let through.

    Raises:
        UserError: ``loss`` is known and does not fit ``kind``.
    """
    other = "regression" if kind == "classification" else "classification"
    if isinstance(loss, _LOSSES[other]):
        raise UserError(
            f"loss: {type(loss).__name__} is a {other} loss, but the task is {kind}; choose {_CHOICES[kind]}"
        )


class Probabilities(nn.Module):
    """Class probabilities from logits, as the loss reads them: softmax, or normalized sigmoids for one-vs-all."""

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.one_vs_all = isinstance(loss, OneVsAll)

    def forward(self, logits: Float[Tensor, "batch classes"]) -> Float[Tensor, "batch classes"]:
        """Rows that sum to 1."""
        if self.one_vs_all:
            return (functional.logsigmoid(logits)).softmax(-1)
        return logits.softmax(-1)
