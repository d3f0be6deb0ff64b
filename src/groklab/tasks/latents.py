"""What a generator makes images of: noise, and the class as columns of 0 and 1."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional

from groklab.seeds import derive


def latents(
    classes: Int64[Tensor, " batch"], *, num_latents: int, num_classes: int, seed: int | None = None
) -> Float[Tensor, "batch latents_and_classes"]:
    """One row an image: ``num_latents`` standard normal numbers, then a 1 in the column of its class.

    Args:
        classes: The class of each.
        num_latents: Random numbers a row.
        num_classes: Columns for the class.
        seed: Of the noise; None takes torch's own stream, as a training step does.
    """
    shape = (len(classes), num_latents)
    if seed is None:
        noise = torch.randn(shape, device=classes.device)
    else:
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(derive(seed, "latents"))).to(classes.device)
    return torch.cat([noise, functional.one_hot(classes, num_classes).to(noise.dtype)], dim=1)
