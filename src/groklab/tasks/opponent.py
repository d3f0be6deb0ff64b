"""The other side of an adversarial task: a discriminator and how it is trained."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from groklab.errors import UserError
from groklab.tasks.adversarial_losses import AdversarialLoss

Images = Float[Tensor, "batch channels height width"]
Classes = Int64[Tensor, " batch"]


class Opponent(nn.Module):
    """A discriminator with its optimizer, schedule and regularizers.

    Args:
        network: ``network(images, classes)`` gives one logit an image, above 0 for real; ``network.features(images)``
            a list of what its layers make of them.
        optimizer: Makes the optimizer from the parameters.
        scheduler: Makes the learning-rate schedule from the optimizer; one step an epoch.
        penalties: Terms of its loss that depend on the weights alone.
        gradient_penalties: Terms that depend on its slope.
        augmentations: Change every image that it sees, real and drawn, also where the generator learns from it.
        constraints: Change the weights after each step.

    Source: augmentation of both: Zhao et al. (2020), NeurIPS 33, section 3.2.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer] = torch.optim.Adam,
        scheduler: Callable[[Optimizer], LRScheduler] | None = None,
        penalties: Mapping[str, nn.Module] | None = None,
        gradient_penalties: Mapping[str, nn.Module] | None = None,
        augmentations: Sequence[nn.Module] = (),
        constraints: Sequence[nn.Module] = (),
    ) -> None:
        super().__init__()
        self.network = network
        self.make_optimizer, self.make_scheduler = optimizer, scheduler
        self.penalties = nn.ModuleDict(penalties or {})
        self.gradient_penalties = nn.ModuleDict(gradient_penalties or {})
        self.augmentations, self.constraints = nn.ModuleList(augmentations), nn.ModuleList(constraints)

    def seen(self, images: Images) -> Images:
        """Images as the discriminator gets them."""
        for augment in self.augmentations:
            images = augment(images)
        return images

    def costs(
        self, loss: AdversarialLoss, real: Images, fake: Images, classes: Classes, step: int
    ) -> dict[str, Float[Tensor, ""]]:
        """The terms whose sum it minimizes, by the name under which they are logged."""
        real, fake = self.seen(real), self.seen(fake)
        costs = {"discriminator/loss": loss.discriminator(self.network(real, classes), self.network(fake, classes))}
        for name, penalty in self.gradient_penalties.items():
            costs[f"discriminator/penalty/{name}"] = penalty(self.network, real, fake, classes, step)
        for name, penalty in self.penalties.items():
            costs[f"discriminator/penalty/{name}"] = penalty(self.network)
        return costs

    def still(self, still: bool) -> Any:
        """Whether its weights take no gradient, as while the generator learns."""
        return self.network.requires_grad_(not still)


def check_shapes(fake: Tensor, real: Tensor) -> None:
    """Refuse a generator whose images are no images of this data.

    Raises:
        UserError: Their shapes differ.
    """
    if fake.shape != real.shape:
        raise UserError(
            f"architecture: the generator's images are {list(fake.shape[1:])}, the data's {list(real.shape[1:])}; "
            "choose a generator for this data"
        )
