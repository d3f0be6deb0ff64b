"""A discriminator that says which of two kinds is the more real."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from groklab.tasks.adversarial_losses import AdversarialLoss, Logits


class Relativistic(AdversarialLoss):
    """``log(1 + exp(m(fake) - real)) + log(1 + exp(fake - m(real)))``, halved, with means ``m`` of the batch; nats.

    The generator minimizes ``log(1 + exp(m(real) - fake))`` with the mean of the discriminator's last update: it gains
    ever less from what is called more real than the real images are, where other losses would have it exaggerate.

    Source: Jolicoeur-Martineau (2019), ICLR, section 4.4; for super-resolution: Wang et al. (2018), ESRGAN, 3.2.
    """

    mean_of_real: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean_of_real", torch.zeros(()))

    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """ln 2 where it cannot tell."""
        self.mean_of_real.copy_(real.detach().mean())
        return (functional.softplus(fake.mean() - real).mean() + functional.softplus(fake - real.mean()).mean()) / 2

    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """ln 2 where it cannot be told."""
        return functional.softplus(self.mean_of_real - fake).mean()
