"""Losses that torch does not have, and which loss fits which kind of target."""

from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn
from torch.nn import functional

from groklab.errors import UserError
from groklab.kinds import Kind
from groklab.tasks.adversarial_losses import AdversarialLoss
from groklab.tasks.ctc import CTC
from groklab.tasks.focal_iou import FocalIoU


class OneVsAll(nn.Module):
    """Binary cross-entropy of one yes-or-no question a class, summed over classes, averaged over examples, in nats.

    Source: Rifkin & Klautau (2004), JMLR 5, section 2, with the logistic loss.
    """

    def forward(
        self, logits: Float[Tensor, "batch classes"], target: Shaped[Tensor, "batch *classes"]
    ) -> Float[Tensor, ""]:
        """The loss of a batch; targets are class numbers or probabilities."""
        answers = target if target.ndim == 2 else functional.one_hot(target, logits.shape[1]).to(logits.dtype)
        return functional.binary_cross_entropy_with_logits(logits, answers, reduction="sum") / len(logits)


class NextToken(nn.Module):
    """Mean cross-entropy of the tokens that follow, in nats a token; where none follows (0) nothing is added."""

    def forward(
        self, logits: Float[Tensor, "batch length tokens"], target: Int64[Tensor, "batch length"]
    ) -> Float[Tensor, ""]:
        """The loss of a batch."""
        return functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=0)


_LOSSES: dict[str, tuple[type[nn.Module], ...]] = {
    "classification": (nn.CrossEntropyLoss, OneVsAll, nn.MultiMarginLoss),
    "regression": (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss),
    "language": (NextToken,),
    "detection": (FocalIoU,),
    "transcription": (CTC,),
    "generation": (AdversarialLoss,),
    "super_resolution": (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss),
}
_CHOICES = {
    "classification": "loss=cross_entropy or loss=binary_cross_entropy",
    "regression": "loss=mse, loss=mae or loss=huber",
    "language": "loss=next_token",
    "detection": "loss=focal_iou",
    "transcription": "loss=ctc",
    "generation": "loss=non_saturating, loss=hinge, loss=least_squares, loss=relativistic or loss=wasserstein",
    "super_resolution": "loss=mae, loss=mse or loss=huber",
}


def check_loss(loss: nn.Module, kind: Kind) -> None:
    """Refuse a loss that was made for the other kind of target; a loss of the user's own is let through.

    Raises:
        UserError: ``loss`` is known and does not fit ``kind``.
    """
    others = [other for other, losses in _LOSSES.items() if isinstance(loss, losses)]
    if others and kind not in others:
        raise UserError(
            f"loss: {type(loss).__name__} is a {others[0]} loss, but the task is {kind}; choose {_CHOICES[kind]}"
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
