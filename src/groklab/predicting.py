"""A trained run asked about new data, in the user's own form."""

import logging
import warnings
from pathlib import Path

import numpy as np
import torch

from groklab.answering.choice import answering_of
from groklab.answering.opening import open_run as open_run
from groklab.answering.trained import Trained
from groklab.errors import UserError
from groklab.training.export import traced


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
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*LeafSpec.* is deprecated")  # within torch.onnx 2.13
        converted = torch.onnx.export(traced(run.model, example), dynamo=True, verbose=False)
    assert converted is not None
    output.parent.mkdir(parents=True, exist_ok=True)
    converted.save(str(output))
    session = onnxruntime.InferenceSession(str(output), providers=["CPUExecutionProvider"])
    difference = 0.0
    for rows in (example, example[:1], torch.cat([example] * 3)):
        with torch.inference_mode():
            expected = run.model(rows).numpy()
        (said,) = session.run(None, {session.get_inputs()[0].name: rows.numpy()})
        absent = np.isnan(expected)  # where a detector has no box
        same = np.where(absent & np.isnan(said), 0.0, np.abs(said - expected))
        difference = max(difference, float(np.nan_to_num(same, nan=np.inf).max()))
    scale = max(1.0, float(np.nan_to_num(np.abs(expected)).max()))
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
