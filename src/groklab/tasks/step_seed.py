"""Randomness that depends on the step, not on what came before it."""

import torch

from groklab.seeds import derive


def seed_step(seed: int, step: int, device: torch.device) -> None:
    """Make whatever is random in a step a function of ``seed`` and ``step`` alone."""
    stream = derive(seed, "step", step)
    torch.default_generator.manual_seed(stream)
    if device.type == "cuda":
        torch.cuda.manual_seed(stream)
