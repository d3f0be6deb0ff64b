"""Connectionist temporal classification: a loss of sequences whose alignment is not known."""

import logging

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional

from groklab.layers.blank import BLANK, NEVER

_log = logging.getLogger(__name__)


class CTC(nn.Module):
    """``-log p(symbols)``, summed over all alignments, per symbol; averaged over examples, in nats.

    An alignment gives each step a symbol or the blank 0; symbols that follow themselves without a blank between them
    are one. A network says by a certain blank that a step is absent, so that lengths are those of the targets alone.

    An example with more symbols than its steps can hold has no alignment; with ``zero_infinity`` it adds 0 to the sum
    and teaches nothing, which is logged once.

    Args:
        zero_infinity: Whether such an example is passed over; else its loss is 10,000 or more.

    Source: Graves et al. (2006), ICML, equations 3 and 8; divided by the number of symbols as in torch.nn.CTCLoss.
    """

    def __init__(self, *, zero_infinity: bool = True) -> None:
        super().__init__()
        self.zero_infinity, self._told = zero_infinity, False

    def forward(
        self, logits: Float[Tensor, "batch steps outputs"], target: Int64[Tensor, "batch most"]
    ) -> Float[Tensor, ""]:
        """The loss of a batch; targets are symbols from 1, 0 after their end."""
        log_probabilities = logits.float().log_softmax(-1).transpose(0, 1)
        steps = torch.full((len(target),), logits.shape[1], device=logits.device)
        symbols = (target != BLANK).sum(1)
        costs = functional.ctc_loss(
            log_probabilities, target, steps, symbols, blank=BLANK, reduction="none", zero_infinity=self.zero_infinity
        )
        if self.zero_infinity:
            impossible = costs >= -NEVER  # an alignment had to pass through what never is
            self._tell(impossible)
            costs = costs.masked_fill(impossible, 0.0)
        return (costs / symbols.clamp(min=1)).mean()

    def _tell(self, impossible: Tensor) -> None:
        if not self._told and impossible.device.type == "cpu" and bool(impossible.any()):
            self._told = True
            _log.warning(
                "loss: a transcript has more symbols than the network has steps for its sound, so it teaches nothing; "
                "lower the product of architecture.strides, or data.hop_s"
            )
