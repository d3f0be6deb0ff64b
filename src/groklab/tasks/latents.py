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


def arcs(
    classes: Int64[Tensor, " rows"], *, num_latents: int, num_classes: int, steps: int, seeds: tuple[int, int]
) -> Float[Tensor, "rows steps latents_and_classes"]:
    """From one row of :func:`latents` to another of the same class, ``steps`` of each on the arc between them.

    On an arc, ``a cos t + b sin t`` for t from 0 to a right angle, noise stays as long as noise is; on the chord it
    would be too short in the middle.

    Args:
        classes: The class of each row.
        num_latents: As there, and so ``num_classes``.
        num_classes: Columns for the class.
        steps: Points of each arc, both ends among them.
        seeds: Of the noise at both ends.
    """
    ends = [latents(classes, num_latents=num_latents, num_classes=num_classes, seed=seed) for seed in seeds]
    angles = torch.linspace(0, torch.pi / 2, steps, device=classes.device)[:, None]
    between = angles.cos() * ends[0][:, None, :] + angles.sin() * ends[1][:, None, :]
    between[..., num_latents:] = ends[0][:, None, num_latents:]
    return between
