"""Training into a run's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from groklab.assembly import build_dataset, build_fit, build_regularizers, build_task, input_scale
from groklab.data.card import Split
from groklab.data.prepared import Prepared
from groklab.data.vocabulary import FIRST, Vocabulary
from groklab.errors import UserError
from groklab.files import write_atomic, write_json
from groklab.tasks.generate import generate
from groklab.tasks.supervised import Supervised
from groklab.training.export import Deployed, export
from groklab.training.fit import num_parameters
from groklab.training.interrupts import Interrupts

WEIGHTS = "weights.safetensors"
_PREDICTION_BATCH, _LANGUAGE_BATCH = 1024, 64


def fit_into(folder: Path, config: Mapping[str, Any], prepared: Prepared, interrupts: Interrupts) -> None:
    """Train ``config`` and leave weights, best epoch, cost and the deployable model in ``folder``.

    Raises:
        UserError: The parts do not fit each other, or the loss is not finite.
        Interrupted: A signal asked the run to stop; a checkpoint was saved.
    """
    regularizers = build_regularizers(config, prepared.card)
    task = build_task(config, prepared.card, regularizers)
    fitted = build_fit(config).fit(
        task,
        tensors(prepared, "train", task),
        tensors(prepared, "val", task),
        folder=folder,
        procedures=regularizers.procedures,
        interrupts=interrupts,
    )
    write_atomic(folder / WEIGHTS, save({name: weight.contiguous() for name, weight in fitted.weights.items()}))
    write_json(folder / "best.json", fitted.best)
    write_json(
        folder / "cost.json",
        {
            "duration_s": round(fitted.duration_s, 3),
            "num_parameters": num_parameters(task.network),
            "num_steps": fitted.num_steps,
            "num_epochs": fitted.num_epochs,
            "device": fitted.device,
        },
    )
    export(trained_model(folder / WEIGHTS, config, prepared), _example(prepared), folder)


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
    return Deployed(input_scale(prepared.card), task.network, task.reading()).eval()


def predict(
    model: torch.nn.Module, x: np.ndarray[Any, Any], *, following: np.ndarray[Any, Any] | None = None
) -> np.ndarray[Any, Any]:
    """Predictions for examples in the data's units, [n, *shape] -> [n, outputs].

    Of language, only the log-probability of each token of ``following`` is kept: [n, length].
    """
    size = _PREDICTION_BATCH if following is None else _LANGUAGE_BATCH
    batches = []
    with torch.inference_mode():
        for start in range(0, len(x), size):
            output = model(torch.from_numpy(np.array(x[start : start + size])))
            if following is not None:
                tokens = torch.from_numpy(np.array(following[start : start + size])).long()
                output = output.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
            batches.append(output)
    return torch.cat(batches).double().numpy()


def generated(
    model: torch.nn.Module,
    config: Mapping[str, Any],
    prepared: Prepared,
    *,
    prompt: str = "\n",
    num_tokens: int = 400,
    temperature: float = 0.8,
    seed: int = 0,
) -> str:
    """Text that a trained language model writes after ``prompt``, which is part of it."""
    encoder = prepared.encoder(build_dataset(config))
    assert isinstance(encoder, Vocabulary), "a language model has a vocabulary"
    start = encoder.numbers(prompt)
    drawn = generate(
        model,
        start,
        num_tokens=num_tokens,
        context=prepared.card.shape[0],
        vocabulary=len(encoder.tokens) + FIRST,
        temperature=temperature,
        seed=seed,
    )
    return encoder.decode([*start, *drawn]).lstrip("\n")


def tensors(prepared: Prepared, split: Split, task: Supervised) -> tuple[Tensor, Tensor]:
    """Standardized inputs and targets of a split."""
    arrays = prepared.open(split)
    x = input_scale(prepared.card)(torch.from_numpy(np.array(arrays.x)))
    y = torch.from_numpy(np.array(arrays.y))
    return x, task.target_scale(y) if task.kind == "regression" else y.long()


def _example(prepared: Prepared) -> Tensor:
    example = torch.from_numpy(np.array(prepared.open("val").x[:2]))
    return example if prepared.card.inputs == "tokens" else example.float()
