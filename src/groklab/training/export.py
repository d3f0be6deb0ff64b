"""A trained network as a file that needs none of our code."""

import io
import warnings
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from groklab.files import atomic_file, write_atomic

_AXES = {0: "batch", 2: "height", 3: "width"}


class Deployed(nn.Module):
    """From examples in the data's units to predictions: standardization, network, and the task's reading of it."""

    def __init__(self, scale: nn.Module, network: nn.Module, read: nn.Module) -> None:
        super().__init__()
        self.scale, self.network, self.read = scale, network, read

    def forward(self, x: Shaped[Tensor, "batch *shape"]) -> Float[Tensor, "batch *outputs"]:
        """Class probabilities, targets in the data's units, or log-probabilities of the next token."""
        outputs: Tensor = self.read(self.network(self.scale(x)))
        return outputs


def free_axes(model: nn.Module) -> dict[int, torch.export.Dim]:
    """Axes of the input that may have any size: the batch; height and width if the network has ``any_size``."""
    images = any(getattr(part, "any_size", False) for part in model.modules())
    return {axis: torch.export.Dim(name, min=1) for axis, name in _AXES.items() if axis == 0 or images}


def traced(model: nn.Module, example: Shaped[Tensor, "batch *shape"]) -> torch.export.ExportedProgram:
    """The computation of ``model`` as a graph, for inputs of any size along :func:`free_axes`."""
    with warnings.catch_warnings():  # torch's recurrent layers list their weights anew as they are traced
        warnings.filterwarnings("ignore", message="The tensor attributes? .* assigned during export")
        return torch.export.export(model, (example,), dynamic_shapes=(free_axes(model),))


def export(model: nn.Module, example: Shaped[Tensor, "batch *shape"], folder: Path) -> None:
    """Write ``model.pt2`` (torch.export), ``input_example.npy`` and ``output_example.npy``.

    The archive takes inputs of any size along :func:`free_axes`.

    Args:
        model: Network in evaluation, on the CPU.
        example: At least two examples in the data's units.
        folder: The run's folder.
    """
    program = traced(model.eval(), example)
    memory = io.BytesIO()
    torch.export.save(program, memory)
    write_atomic(folder / "model.pt2", memory.getvalue())
    with torch.inference_mode():
        said = model(example)
    for name, array in (("input", example), ("output", said)):
        with atomic_file(folder / f"{name}_example.npy") as file:
            np.save(file, array.numpy())
