"""A small, realistic tree of pipeline outputs."""

import io
import json
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

CLASSES = [str(digit) for digit in range(10)]


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def write_outputs(root: Path) -> Path:
    """Two experiments that are whole (one network ahead, one behind) and one that has metrics only."""
    write_classification(root, "digits_cnn")
    write_regression(root, "diabetes_mlp")
    write_json(
        root / "metrics" / "breast_cancer_mlp.json",
        {
            "experiment": "breast_cancer_mlp",
            "run": "00aa00aa00aa00aa",
            "split": "test",
            "metrics": {"accuracy": 0.965, "macro_f1": 0.962, "auroc": None, "cross_entropy": 0.11},
            "undefined": {"auroc": "the test part holds one class only"},
            "baselines": {"logistic_regression": {"accuracy": 0.965, "cross_entropy": 0.12}},
            "train": {"epoch": 4, "metrics": {}},
            "cost": {"duration_s": 3.4, "num_parameters": 4226, "num_steps": 320},
        },
    )
    return root


def write_classification(root: Path, name: str, *, classes: list[str] = CLASSES) -> None:
    draw = np.random.default_rng(1)
    targets = draw.integers(10, size=360)
    outputs = draw.normal(size=(360, 10)) + 4.4 * np.eye(10)[targets]
    rival = draw.normal(size=(360, 10)) + 3.0 * np.eye(10)[targets]
    constant = np.zeros((360, 10)) + np.eye(10)[3]
    write_predictions(root, name, "test", outputs, targets)
    write_predictions(root, name, "baseline_logistic_regression", rival, targets)
    accuracy, beaten, major = (float((part.argmax(1) == targets).mean()) for part in (outputs, rival, constant))
    epochs = np.arange(1, 31)
    log = {
        "train/loss": 2.2 * np.exp(-epochs / 5) + 0.004,
        "val/loss": 2.2 * np.exp(-epochs / 5) + 0.06 + 0.003 * epochs,
        "train/accuracy": 1 - 0.8 * np.exp(-epochs / 4),
        "val/accuracy": 0.972 - 0.8 * np.exp(-epochs / 4),
    }
    config = {
        "name": name,
        "seed": 7,
        "data": {"_target_": "groklab.data.sources.digits.Digits", "name": "digits"},
        "architecture": {"_target_": "groklab.architectures.cnn.CNN", "channels": [16, 32], "kernel_size": 3},
        "activation": {"_target_": "torch.nn.ReLU"},
        "regularizer": {
            "l2": {"_target_": "groklab.regularizers.l2.L2", "strength": 0.0001},
            "dropout": {"_target_": "groklab.regularizers.dropout.Dropout", "probability": 0.2},
        },
        "loss": {"_target_": "torch.nn.CrossEntropyLoss"},
        "optimizer": {"_target_": "torch.optim.Adam", "_partial_": True, "lr": 0.001, "betas": [0.9, 0.999]},
        "scheduler": {},
        "trainer": {"max_epochs": 30, "batch_size": 64},
    }
    write_model(root, name, "1f2e3d4c5b6a7988", config, log, best=14, ended="2026-11-24T02:06:13+00:00")
    cost = {"duration_s": 42.31, "num_parameters": 38410, "num_steps": 540}
    write_json(
        root / "metrics" / f"{name}.json",
        {
            "experiment": name,
            "run": "1f2e3d4c5b6a7988",
            "split": "test",
            "metrics": {
                "accuracy": accuracy,
                "macro_f1": accuracy - 0.001,
                "auroc": 0.9993,
                "cross_entropy": 0.0712,
                "calibration_error": 0.011,
            },
            "undefined": {},
            "baselines": {
                "majority": {"accuracy": major, "macro_f1": 0.018, "auroc": 0.5, "cross_entropy": 2.31},
                "logistic_regression": {
                    "accuracy": beaten,
                    "macro_f1": beaten,
                    "auroc": 0.99,
                    "cross_entropy": 0.16,
                },
                "decision_tree": {"accuracy": 0.842, "macro_f1": 0.84, "auroc": 0.91, "cross_entropy": None},
            },
            "train": {"epoch": 14, "metrics": {"train/loss": 0.13, "val/loss": 0.2}},
            "cost": cost,
        },
    )
    write_json(root / "models" / name / "cost.json", {**cost, "num_epochs": 30, "device": "cpu"})
    rows = [f"{actual},{predicted}\n" for actual, predicted in zip(targets, outputs.argmax(1), strict=True)]
    (root / "plots" / name).mkdir(parents=True)
    (root / "plots" / name / "confusion_matrix.csv").write_text("actual,predicted\n" + "".join(rows))
    for picture in ("calibration", "confusion_matrix"):
        write_picture(root / "pictures" / name / f"{picture}.png")
    write_card(root, "digits", "classification", [1, 8, 8], 10, {"train": 1077, "val": 360, "test": 360}, classes)


def write_regression(root: Path, name: str) -> None:
    draw = np.random.default_rng(2)
    targets = draw.normal(150, 75, size=(89, 1)).astype(np.float32)
    outputs = targets + draw.normal(0, 75, size=(89, 1))
    rival = targets + draw.normal(0, 50, size=(89, 1))
    write_predictions(root, name, "test", outputs, targets)
    write_predictions(root, name, "baseline_linear_regression", rival, targets)
    r2 = [
        float(1 - ((targets - part) ** 2).sum() / ((targets - targets.mean()) ** 2).sum()) for part in (outputs, rival)
    ]
    epochs = np.arange(1, 61)
    log = {
        "train/loss": 28000 * np.exp(-epochs / 6) + 2600,
        "val/loss": 28000 * np.exp(-epochs / 6) + 3100 + 12 * epochs,
        "val/r2": 0.45 - 5 * np.exp(-epochs / 6),
        "train/r2": 0.52 - 5 * np.exp(-epochs / 6),
    }
    config = {
        "name": name,
        "seed": 7,
        "data": {"name": "diabetes"},
        "architecture": {"_target_": "groklab.architectures.mlp.MLP", "widths": [64, 64]},
        "regularizer": {},
        "loss": {"_target_": "torch.nn.MSELoss"},
        "optimizer": {"_target_": "torch.optim.SGD", "lr": 1e-05, "momentum": 0.9},
    }
    write_model(root, name, "99aabbccddeeff00", config, log, best=31, ended="2026-11-24T02:03:00+00:00")
    cost = {"duration_s": 128.4, "num_parameters": 4929, "num_steps": 1320}
    write_json(
        root / "metrics" / f"{name}.json",
        {
            "experiment": name,
            "run": "99aabbccddeeff00",
            "split": "test",
            "metrics": {"r2": r2[0], "rmse": 74.2, "mae": 58.9},
            "undefined": {},
            "baselines": {
                "mean": {"r2": -0.012, "rmse": 76.1, "mae": 65.0},
                "linear_regression": {"r2": r2[1], "rmse": 50.4, "mae": 41.2},
                "decision_tree": {"r2": -0.21, "rmse": 84.0, "mae": 66.3},
            },
            "train": {"epoch": 31, "metrics": {}},
            "cost": cost,
        },
    )
    write_json(root / "models" / name / "cost.json", {**cost, "num_epochs": 60, "device": "cpu"})
    write_picture(root / "pictures" / name / "residuals.png")
    write_card(root, "diabetes", "regression", [10], 1, {"train": 264, "val": 89, "test": 89}, None)


def write_predictions(root: Path, name: str, file: str, outputs: np.ndarray, targets: np.ndarray) -> None:
    folder = root / "predictions" / name
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / f"{file}.npz", outputs=outputs, targets=targets)


def write_model(root: Path, name: str, run: str, config: dict, log: dict, *, best: int, ended: str) -> None:
    folder = root / "models" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    status = {
        "run": run,
        "experiment": name,
        "status": "FINISHED",
        "started": ended,
        "ended": ended,
        "error": None,
    }
    write_json(folder / "status.json", {**status, "command": f"python pipelines/train.py experiment={name} seed=7"})
    write_json(folder / "best.json", {"monitor": "val/loss", "mode": "min", "value": 0.2, "epoch": best, "step": 1})
    write_json(folder / "environment.json", {"git": {"commit": "0123456789abcdef", "branch": "main", "dirty": False}})
    lines = [
        json.dumps({"step": 18 * row, "epoch": row, "time_ms": 0, "metrics": {key: log[key][row - 1] for key in log}})
        for row in range(1, len(next(iter(log.values()))) + 1)
    ]
    (folder / "log.jsonl").write_text("\n".join([*lines, '{"step": 9']))


def write_picture(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    Image.fromarray(np.tile(np.linspace(90, 250, 480, dtype=np.uint8), (360, 1))).save(buffer, format="PNG")
    path.write_bytes(buffer.getvalue())


def write_card(root: Path, name: str, kind: str, shape: list, outputs: int, counts: dict, classes: list | None) -> None:
    write_json(
        root / "data" / "prepared" / name / "card.json",
        {
            "name": name,
            "kind": kind,
            "shape": shape,
            "num_outputs": outputs,
            "class_names": classes,
            "counts": counts,
            "class_counts": classes
            and {split: {label: n // len(classes) for label in classes} for split, n in counts.items()},
            "cleaning": {
                "duplicates_removed": 3,
                "conflicting_labels_removed": 0,
                "rows_in": sum(counts.values()) + 3,
                "rows_out": sum(counts.values()),
                "rules": ["exact duplicates are kept once"],
            },
            "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
            "citation": "Alpaydin & Kaynak (1998), UCI Machine Learning Repository",
            "source": "sklearn.datasets",
            "fingerprint": "7be1f00dcafe7be1f00dcafe",
        },
    )
