"""Training into a run's folder."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from groklab.adversary import image_scale
from groklab.assembly import build_fit, build_regularizers, build_task, input_scale
from groklab.coordinator import coordinator
from groklab.data.card import Split
from groklab.data.prepared import Prepared
from groklab.errors import UserError
from groklab.files import write_atomic, write_json
from groklab.tasks.task import Task
from groklab.training.export import Deployed, export
from groklab.training.fit import Fit, Fitted, num_parameters
from groklab.training.interrupts import Interrupts
from groklab.training.pruning import Pruning
from groklab.training.request import FitRequest

WEIGHTS = "weights.safetensors"


def fitting(
    folder: Path, config: Mapping[str, Any], prepared: Prepared, interrupts: Interrupts
) -> Generator[FitRequest, Fitted, None]:
    """Ask for the fit of ``config``; leave weights, best epoch, cost and the deployable model in ``folder``.

    Raises:
        UserError: The parts do not fit each other.
    """
    regularizers = build_regularizers(config, prepared.card)
    task = build_task(config, prepared.card, regularizers)
    by = coordinator()
    fit = build_fit(config)
    if fit.devices > 1 and type(fit) is Fit:
        raise UserError(f"trainer.devices={fit.devices}: this trainer takes one; trainer=ddp takes several")
    fitted = yield FitRequest(
        fit,
        task,
        lambda: (tensors(prepared, "train", task), tensors(prepared, "val", task)),
        settings=config,
        folder=folder,
        interrupts=interrupts,
        procedures=regularizers.procedures,
        observers=[Pruning(by, config["trainer"]["monitor"], folder / "log.jsonl")] if by else [],
    )
    write_atomic(folder / WEIGHTS, save({name: weight.contiguous() for name, weight in fitted.weights.items()}))
    write_json(folder / "best.json", fitted.best)
    cost = {
        "duration_s": round(fitted.duration_s, 3),
        "num_parameters": num_parameters(task.network),
        "num_steps": fitted.num_steps,
        "num_epochs": fitted.num_epochs,
        "device": fitted.device,
    }
    write_json(folder / "cost.json", cost | ({"stack": fitted.stack} if fitted.stack else {}))
    example = task.example(_example(prepared))
    export(trained_model(folder / WEIGHTS, config, prepared), example, folder)


def trained_model(weights: Path, config: Mapping[str, Any], prepared: Prepared) -> torch.nn.Module:
    """The trained network, from examples in the data's units to predictions.

    Raises:
        UserError: ``weights`` does not hold the network that ``config`` describes.
    """
    regularizers = build_regularizers(config, prepared.card)
    task = build_task(config, prepared.card, regularizers)
    try:
        task.network.load_state_dict(load_file(weights))
    except (OSError, RuntimeError, ValueError, SafetensorError) as error:
        raise UserError(
            f"{weights}: not the weights of the network in the config ({str(error).splitlines()[0]}); "
            "train it again with force=true"
        ) from error
    scale = nn.Identity() if task.kind == "generation" else input_scale(prepared.card)  # noise has a scale of its own
    return Deployed(scale, task.network, task.reading()).eval()


def tensors(prepared: Prepared, split: Split, task: Task) -> tuple[Tensor, Tensor]:
    """Standardized inputs and targets of a split."""
    arrays = prepared.open(split)
    scale = image_scale(prepared.card) if task.kind == "generation" else input_scale(prepared.card)
    x = scale(torch.from_numpy(np.array(arrays.x)))
    y = torch.from_numpy(np.array(arrays.y))
    return x, task.tensor(y)


def _example(prepared: Prepared) -> Tensor:
    example = torch.from_numpy(np.array(prepared.open("val").x[:2]))
    return example if prepared.card.inputs == "tokens" else example.float()
