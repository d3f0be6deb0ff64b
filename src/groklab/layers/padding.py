"""Padding: which steps of a sequence are there, and moving those that are.

Padding always stands at the end of a sequence: token 0, or a frame that is NaN in every feature.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def token_mask(tokens: Int[Tensor, "batch time"]) -> Bool[Tensor, "batch time"]:
    """True where a token is no padding."""
    return tokens != 0


def frame_mask(frames: Float[Tensor, "batch time features"]) -> Bool[Tensor, "batch time"]:
    """True where at least one feature of a frame is known."""
    return ~frames.isnan().all(dim=-1)


def sequence_lengths(valid: Bool[Tensor, "batch time"]) -> Int[Tensor, " batch"]:
    """Steps up to the last valid one; 0 where there is none."""
    return (valid * torch.arange(1, valid.shape[1] + 1, device=valid.device)).amax(dim=1)


def without_nan(frames: Float[Tensor, "batch time features"]) -> Float[Tensor, "batch time features"]:
    """0, the mean of standardized data, in place of what is unknown."""
    return torch.where(frames.isnan(), 0.0, frames)


def reverse(
    x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"]
) -> Float[Tensor, "batch time features"]:
    """Each sequence backwards, its padding left at the end; doing it twice changes nothing.

    It takes the place of packed sequences, which torch.export cannot trace.
    """
    lengths = sequence_lengths(valid).unsqueeze(-1)
    steps = torch.arange(x.shape[1], device=x.device).unsqueeze(0)
    return _take(x, torch.where(steps < lengths, lengths - 1 - steps, steps))


def last_frames(
    x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"], num_frames: int
) -> Float[Tensor, "batch frames features"]:
    """The last ``num_frames`` valid frames; a shorter series is filled with its first frame, in front."""
    lengths = sequence_lengths(valid).unsqueeze(-1)
    steps = torch.arange(num_frames, device=x.device).unsqueeze(0)
    return _take(x, (lengths - num_frames + steps).clamp(min=0))


def trim(
    x: Float[Tensor, "batch time features"], valid: Bool[Tensor, "batch time"]
) -> tuple[Float[Tensor, "batch longest features"], Bool[Tensor, "batch longest"]]:
    """Cut off the steps that are padding in the whole batch; at least one step stays.

    It saves the work of reading them. A graph that is traced keeps its shape: the cut depends on the data.
    """
    if torch.compiler.is_compiling():
        return x, valid
    longest = max(1, int(sequence_lengths(valid).max())) if valid.shape[0] else 1
    return x[:, :longest], valid[:, :longest]


def _take(x: Tensor, steps: Tensor) -> Tensor:
    return x.gather(1, steps.unsqueeze(-1).expand(-1, -1, x.shape[2]))
