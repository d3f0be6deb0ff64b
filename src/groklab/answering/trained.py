"""A trained network with all that it takes to ask it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Shaped

from groklab.assembly import build_dataset
from groklab.data.dataset import DataSet
from groklab.data.prepared import Prepared
from groklab.fitting import WEIGHTS, trained_model

_BATCH = 1024


@dataclass(frozen=True)
class Trained:
    """A run: config, data card, encoder, weights.

    Args:
        folder: ``runs/<id>`` or ``models/<name>``.
        config: Resolved and checked.
        prepared: Its data; their card and encoder where the data themselves are elsewhere.
        dataset: What reads a user's files.
        model: From examples in the data's units to predictions.
    """

    folder: Path
    config: Mapping[str, Any]
    prepared: Prepared
    dataset: DataSet
    model: torch.nn.Module


def load_trained(folder: Path, config: Mapping[str, Any], prepared: Prepared) -> Trained:
    """The network whose weights lie in ``folder``.

    Raises:
        UserError: The weights are not those of the network that ``config`` describes.
    """
    return Trained(folder, config, prepared, build_dataset(config), trained_model(folder / WEIGHTS, config, prepared))


def in_batches(
    model: torch.nn.Module, x: Shaped[np.ndarray, " examples *shape"], *, size: int = _BATCH
) -> Float64[np.ndarray, " examples *outputs"]:
    """What the model says of examples in the data's units."""
    with torch.inference_mode():
        said = [model(torch.from_numpy(np.array(x[start : start + size]))) for start in range(0, len(x), size)]
    return torch.cat(said).double().numpy()
