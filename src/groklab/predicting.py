"""A trained run asked about new data, in the user's own form."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from omegaconf import DictConfig

from groklab.answering.choice import answering_of
from groklab.answering.trained import Trained, load_trained
from groklab.config.check import check
from groklab.config.origins import Origins
from groklab.data.card import CARD, Card
from groklab.data.prepared import Prepared
from groklab.errors import UserError
from groklab.fitting import WEIGHTS


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
    return load_trained(folder, config, Prepared(folder, Card.read(folder / CARD)))


def answer(run: Trained, path: Path, output: Path | None) -> str:
    """What the network says of each example in a file or folder; ``output`` then holds it if it is given.

    Raises:
        UserError: It cannot be read as examples of the data set.
    """
    return answering_of(run.config["task"]["kind"]).answer(run, path, output)


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
