"""A run folder as training leaves it, made without training."""

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from groklab.files import write_json

SHAPE = (4,)
NUM_OUTPUTS = 3


def make_run(
    runs: Path, name: str = "a1b2c3d4e5f60718", *, status: str = "FINISHED", epochs: int = 3, **config: Any
) -> Path:
    """Write ``runs/<name>/`` with a log of ``epochs`` lines; results too unless it is RUNNING."""
    folder = runs / name
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(
        yaml.safe_dump(
            {
                "name": "digits_mlp",
                "seed": 1,
                "architecture": {"_target_": "groklab.architectures.mlp.MLP", "widths": [128, 64]},
                "optimizer": {"_target_": "torch.optim.Adam", "lr": 0.001},
                "tracking": {"_target_": "groklab.tracking.mlflow.MLflow", "experiment_name": "groklab"},
                **config,
            }
        )
    )
    write_card(folder)
    set_status(folder, status)
    append_epochs(folder, range(epochs))
    if status != "RUNNING":
        write_results(folder)
    return folder


def set_status(folder: Path, status: str, **more: Any) -> None:
    """Write ``status.json``."""
    running = status == "RUNNING"
    write_json(
        folder / "status.json",
        {
            "run": folder.name,
            "experiment": "digits_mlp",
            "status": status,
            "started": "2026-01-02T03:04:05+00:00",
            "ended": None if running else "2026-01-02T03:05:05+00:00",
            "pid": 1,
            "host": socket.gethostname(),
            "command": "python pipelines/train.py experiment=digits_mlp",
            "error": None,
            **more,
        },
    )


def line(epoch: int, **metrics: float) -> str:
    """One line of ``log.jsonl``; its values are functions of the epoch."""
    values = {"train/loss": 1.0 / (epoch + 1), "val/loss": 2.0 / (epoch + 1), "val/accuracy": epoch / 1000}
    row = {"step": 10 * (epoch + 1), "epoch": epoch, "time_ms": _now_ms(), "metrics": {**values, **metrics}}
    return json.dumps(row) + "\n"


def append_epochs(folder: Path, epochs: range) -> None:
    """Append lines to the log."""
    with open(folder / "log.jsonl", "a") as log:
        for epoch in epochs:
            log.write(line(epoch))
            log.flush()


def write_card(folder: Path) -> None:
    """The data card and what is known of the machine."""
    card = {
        "name": "digits",
        "kind": "classification",
        "shape": list(SHAPE),
        "num_outputs": NUM_OUTPUTS,
        "counts": {"train": 6, "val": 2, "test": 2},
        "source": "sklearn.datasets.load_digits",
        "fingerprint": "f" * 64,
    }
    write_json(folder / "card.json", card)
    packages = {"torch": "2.13.0+cpu", "numpy": np.__version__, "mlflow": "3.17.2"}
    git = {"commit": "0" * 40, "branch": "main", "dirty": False}
    write_json(folder / "environment.json", {"python": "3.11.7", "packages": packages, "git": git})


def write_results(folder: Path) -> None:
    """What is there once a run is over, but for its network."""
    best = {"monitor": "val/loss", "value": 0.5, "epoch": 2, "step": 30, "metrics": {"val/loss": 0.5}}
    write_json(folder / "best.json", best)
    write_json(folder / "cost.json", {"duration_s": 1.5, "num_parameters": 15, "num_steps": 30, "device": "cpu"})
    write_json(
        folder / "metrics.json",
        {
            "experiment": "digits_mlp",
            "run": folder.name,
            "split": "test",
            "metrics": {"accuracy": 0.75, "auroc": None},
            "undefined": {"auroc": "no member of class 2"},
            "baselines": {"majority": {"accuracy": 0.5}},
        },
    )
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "confusion.png").write_bytes(PNG)
    (folder / "plots").mkdir(exist_ok=True)
    (folder / "plots" / "curves.csv").write_text("step,epoch,metric\n10,0,1.0\n")
    (folder / "weights.safetensors").write_bytes(b"\0" * 64)


def write_network(folder: Path) -> None:
    """A tiny network, exported with a free batch size, and an example of two rows."""
    import torch

    torch.manual_seed(0)
    example = torch.rand(2, *SHAPE)
    free = ({0: torch.export.Dim("batch")},)
    network = torch.nn.Linear(SHAPE[0], NUM_OUTPUTS).eval()
    program = torch.export.export(network, (example,), dynamic_shapes=free)
    torch.export.save(program, folder / "model.pt2")
    np.save(folder / "input_example.npy", example.numpy())
    np.save(folder / "output_example.npy", network(example).detach().numpy())


def _now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)
