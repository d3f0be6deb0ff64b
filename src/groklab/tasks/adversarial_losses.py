"""What a generator and its discriminator each minimize."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Logits = Float[Tensor, " batch"]


class AdversarialLoss(nn.Module, ABC):
    """Two losses over the discriminator's logits, each a mean over the batch."""

    @abstractmethod
    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """What the discriminator minimizes."""

    @abstractmethod
    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """What the generator minimizes."""


class NonSaturating(AdversarialLoss):
    """``-log p(real) - log(1 - p(fake))``, and ``-log p(fake)`` for the generator; p is the sigmoid, nats.

    Source: Goodfellow et al. (2014), NIPS 27, equation 1 and the remark at the end of section 3.
    """

    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """2 ln 2 where it cannot tell."""
        return functional.softplus(-real).mean() + functional.softplus(fake).mean()

    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """ln 2 where it cannot be told."""
        return functional.softplus(-fake).mean()


class Hinge(AdversarialLoss):
    """``max(0, 1 - real) + max(0, 1 + fake)``, and ``-fake`` for the generator.

    Source: Lim & Ye (2017), arXiv 1705.02894; Miyato et al. (2018), ICLR, equations 16 and 17.
    """

    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """0 where it tells every pair by a margin of 1."""
        return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()

    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """Less the mean logit."""
        return -fake.mean()


class LeastSquares(AdversarialLoss):
    """``(real - 1)^2 / 2 + fake^2 / 2``, and ``(fake - 1)^2 / 2`` for the generator.

    Source: Mao et al. (2017), ICCV, equation 9.
    """

    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """0 where it says 1 of what is real and 0 of what is not."""
        return ((real - 1).square().mean() + fake.square().mean()) / 2

    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """0 where it is said to be real."""
        return (fake - 1).square().mean() / 2


class Wasserstein(AdversarialLoss):
    """``fake - real``, and ``-fake`` for the generator; the discriminator must be kept smooth by a regularizer.

    Source: Arjovsky, Chintala & Bottou (2017), ICML, equation 2; with ``gradient_penalty`` Gulrajani et al. (2017).
    """

    def discriminator(self, real: Logits, fake: Logits) -> Float[Tensor, ""]:
        """Less the distance that it sees."""
        return fake.mean() - real.mean()

    def generator(self, fake: Logits) -> Float[Tensor, ""]:
        """Less the mean logit."""
        return -fake.mean()
