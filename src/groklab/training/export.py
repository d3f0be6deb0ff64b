"""A trained network as a file that needs none of our code."""

import io
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

from groklab.files import atomic_file, write_atomic


class Deployed(nn.Module):
    """From examples in the data's units to predictions: standardization, network, and the task's reading of it."""

    def __init__(self, scale: nn.Module, network: nn.Module, read: nn.Module) -> None:
        super().__init__()
        self.scale, self.network, self.read = scale, network, read

    def forward(self, x: Shaped[Tensor, "batch *shape"]) -> Float[Tensor, "batch *outputs"]:
        """Class probabilities, targets in the data's units, or log-probabilities of the next token."""
        outputs: Tensor = self.read(self.network(self.scale(x)))
        return outputs


def export(model: nn.Module, example: Shaped[Tensor, "batch *shape"], folder: Path) -> None:
    """Write ``model.pt2`` (torch.export, any batch size), ``input_example.npy`` and ``output_example.npy``.

    Args:
        model: Network in evaluation, on the CPU.
        example: At least two examples in the data's units.
        folder: The run's folder.
    """
    batch = torch.export.Dim("batch", min=1)
    program = torch.export.export(model.eval(), (example,), dynamic_shapes=({0: batch},))
    memory = io.BytesIO()
    torch.export.save(program, memory)
    write_atomic(folder / "model.pt2", memory.getvalue())
    with torch.inference_mode():
        said = model(example)
    for name, array in (("input", example), ("output", said)):
        with atomic_file(folder / f"{name}_example.npy") as file:
            np.save(file, array.numpy())
