"""A trained run asked about new data, in the user's own form."""

import csv
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from omegaconf import DictConfig

from groklab.assembly import build_dataset
from groklab.config.check import check
from groklab.config.origins import Origins
from groklab.data.card import CARD, Card
from groklab.data.dataset import DataSet
from groklab.data.prepared import Prepared
from groklab.errors import UserError
from groklab.files import atomic_file
from groklab.fitting import WEIGHTS, generated, predict, trained_model

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Trained:
    """A run with all that its network needs: config, data card, encoder, weights.

    Args:
        folder: ``runs/<id>`` or ``models/<name>``.
        config: Resolved and checked.
        prepared: The card and the encoder, without the data.
        dataset: What reads a user's files.
        model: From examples in the data's units to predictions.
    """

    folder: Path
    config: Mapping[str, Any]
    prepared: Prepared
    dataset: DataSet
    model: torch.nn.Module


def open_run(name: str, *, root: Path) -> Trained:
    """The run of an id (or its first digits), or the model of an experiment's name.

    Raises:
        UserError: There is no such run, several begin so, or it has no weights.
    """
    found = [path for path in [root / "models" / name, *sorted((root / "runs").glob(f"{name}*"))] if path.is_dir()]
    found = [path for path in found if (path / "config.yaml").is_file()] if name else []
    if len(found) != 1:
        what = "several begin so" if found else "there is none"
        raise UserError(
            f"run={name}: {what} in {root / 'runs'} or {root / 'models'}; give the id that training printed"
        )
    (folder,) = found
    if not (folder / WEIGHTS).is_file():
        raise UserError(f"{folder}: has no {WEIGHTS}, so it is not trained to its end; run its command again")
    raw: dict[str, Any] = yaml.safe_load((folder / "config.yaml").read_text())
    config = check(DictConfig(raw), Origins(folder, "config", {}, []))
    prepared = Prepared(folder, Card.read(folder / CARD))
    return Trained(folder, config, prepared, build_dataset(config), trained_model(folder / WEIGHTS, config, prepared))


def answers(run: Trained, path: Path) -> Rows:
    """What the network says of each example in a file or folder.

    Raises:
        UserError: It cannot be read as examples of the data set.
    """
    if not path.exists():
        raise UserError(f"input={path}: does not exist; give a file or folder")
    card = run.prepared.card
    x, names = run.dataset.read_inputs(path)
    encoder = run.prepared.encoder(run.dataset)
    x = np.asarray(x) if encoder is None else encoder.transform(x)
    if not len(x):
        raise UserError(f"input={path}: holds no example; give one or more")
    if x.dtype.kind not in "iu":
        x = x.astype(np.float32)
    if card.kind == "language":
        x, following = x[:, :-1], x[:, 1:]
        nats = -np.where(following != 0, predict(run.model, x, following=following), 0).sum(1)
        counts = np.maximum((following != 0).sum(1), 1)
        return [
            {"example": name, "characters": int(count), "nats_per_character": float(sum_ / count)}
            for name, sum_, count in zip(names, nats, counts, strict=True)
        ]
    outputs = predict(run.model, x)
    rows: Rows = []
    for name, output in zip(names, outputs.tolist(), strict=True):
        if card.kind == "classification":
            classes = card.class_names or []
            best = int(np.argmax(output))
            shares = {f"p({known})": share for known, share in zip(classes, output, strict=True)}
            rows.append({"example": name, "prediction": classes[best], "confidence": output[best], **shares})
        else:
            targets = card.target_names or (["prediction"] if len(output) == 1 else map(str, range(len(output))))
            rows.append({"example": name, **dict(zip(targets, output, strict=True))})
    return rows


def continuation(run: Trained, prompt: str, *, length: int, temperature: float, seed: int) -> str:
    """Text that a language model writes after ``prompt``.

    Raises:
        UserError: The run is no language model.
    """
    if run.prepared.card.kind != "language":
        raise UserError(f"prompt: {run.folder} is for {run.prepared.card.kind}, not language; give input=FILE instead")
    return generated(
        run.model,
        run.config,
        run.prepared,
        prompt=prompt or "\n",
        num_tokens=length,
        temperature=temperature,
        seed=seed,
    )


def write_rows(rows: Rows, output: Path | None) -> str:
    """The rows as CSV, or as JSON where ``output`` ends in .json; written to ``output`` if there is one."""
    if output is not None and output.suffix == ".json":
        text = json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    else:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = buffer.getvalue()
    if output is not None:
        with atomic_file(output) as file:
            file.write(text.encode())
    return text


def export_onnx(run: Trained, output: Path) -> float:
    """Write the network as ONNX, any number of examples, and return how far it is from the network at most.

    Raises:
        UserError: ONNX Runtime's answers differ from the network's.
    """
    import onnxruntime

    card = run.prepared.card
    example = _example(run)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of packages that are not needed
    program = torch.export.export(run.model, (example,), dynamic_shapes=({0: torch.export.Dim("batch", min=1)},))
    converted = torch.onnx.export(program, dynamo=True, verbose=False)
    assert converted is not None
    output.parent.mkdir(parents=True, exist_ok=True)
    converted.save(str(output))
    session = onnxruntime.InferenceSession(str(output), providers=["CPUExecutionProvider"])
    difference = 0.0
    for rows in (example, example[:1], torch.cat([example] * 3)):
        with torch.inference_mode():
            expected = run.model(rows).numpy()
        (said,) = session.run(None, {session.get_inputs()[0].name: rows.numpy()})
        difference = max(difference, float(np.abs(said - expected).max()))
    scale = max(1.0, float(np.abs(expected).max()))
    if not difference <= 1e-4 * scale:
        output.unlink()
        raise UserError(
            f"{output}: ONNX differs from the network of data {card.name} by {difference:.2g}; not exported"
        )
    return difference


def _example(run: Trained) -> torch.Tensor:
    path = run.folder / "input_example.npy"
    if not path.is_file():
        raise UserError(f"{path}: is missing; export the run itself (run=ID)")
    return torch.from_numpy(np.load(path, allow_pickle=False))
