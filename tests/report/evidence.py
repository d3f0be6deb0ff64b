"""Claims and atlases as their engine writes them."""

import hashlib
import itertools
from pathlib import Path

import numpy as np

from .outputs import write_json

NUM_SEEDS = 11


def run_id(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def estimate(values: np.ndarray) -> dict:
    mean, error = float(np.nanmean(values)), float(np.nanstd(values) / np.sqrt(len(values)))
    return {"mean": mean, "low": mean - 2 * error, "high": mean + 2 * error}


def listed(values: np.ndarray) -> list:
    return [None if np.isnan(value) else float(value) for value in values]


def outcome(
    claim: str, arms: dict, contrast: dict, *, metric: str, unit: str, expect: str, smallest: float, verdict: str
):
    """One outcome; ``arms`` holds an array of a value per seed for each name, NaN where a run failed."""
    difference = sum(weight * arms[name] for name, weight in contrast.items())
    return {
        "metric": metric,
        "unit": unit,
        "expect": expect,
        "smallest_effect": smallest,
        "contrast": contrast,
        "arms": {
            name: {
                **estimate(values),
                "values": listed(values),
                "runs": [run_id(claim, name, seed) for seed, value in enumerate(values) if not np.isnan(value)],
            }
            for name, values in arms.items()
        },
        "difference": {**estimate(difference), "confidence": 0.95, "values": listed(difference)},
        "effect_size": float(np.nanmean(difference) / np.nanstd(difference)),
        "p": 0.0004,
        "p_holm": 0.0124,
        "power": 0.93,
        "verdict": verdict,
        "more_seeds": 20 if verdict == "not shown" else None,
    }


def claim(name: str, section: str, verdict: str, outcomes: list, **changes: object) -> dict:
    """A claim around its outcomes."""
    command = f"python pipelines/train.py -m claim={name}"
    arms = outcomes[0]["arms"]
    return {
        "claim": name,
        "statement": f"{name.replace('_', ' ').capitalize()}, they say.",
        "section": section,
        "verdict": verdict,
        "sentence": f"{name.replace('_', ' ').capitalize()} is {verdict}: "
        f"{outcomes[0]['difference']['mean']:.3g} {outcomes[0]['unit']} over {NUM_SEEDS} seeds.",
        "more_seeds": 20 if verdict == "not shown" else None,
        "outcomes": outcomes,
        "seeds": list(range(NUM_SEEDS)),
        "base": ["experiment=digits_mlp", "trainer.max_epochs=20"],
        "arms": {
            arm: {
                "overrides": [f"regularizer=[{arm}]"],
                "tuned": {"optimizer.lr": 0.1},
                "command": f"python pipelines/train.py -m experiment=digits_mlp regularizer=[{arm}] seed=range(11)",
            }
            for arm in arms
        },
        "tuning": {
            "params": {arm: {"optimizer.lr": [0.01, 0.03, 0.1]} for arm in arms},
            "trials_per_arm": 5,
            "seeds": 2,
            "chosen_by": "val/loss",
        },
        "flags": [],
        "command": command,
        "cost": {"runs": 2 * NUM_SEEDS, "duration_s": 31.0},
        **changes,
    }


def write_claims(root: Path) -> None:
    """Six claims: each verdict, each expectation, four arms, two outcomes, a failed run."""
    draw = np.random.default_rng(0)
    noise = lambda scale: draw.normal(0, scale, NUM_SEEDS)  # noqa: E731
    steps, common = 300 + noise(25), noise(0.004)
    speed = outcome(
        "batch_norm_speed", {"with": steps - 140 + noise(20), "without": steps}, {"with": 1, "without": -1},
        metric="steps until val/accuracy >= 0.9", unit="steps", expect="lower", smallest=20.0, verdict="supported",
    )  # fmt: skip
    failing = 0.96 + common + noise(0.002)
    failing[3] = np.nan
    kept = outcome(
        "batch_norm_speed", {"with": failing, "without": 0.962 + common}, {"with": 1, "without": -1},
        metric="val/accuracy", unit="", expect="no lower", smallest=0.01, verdict="supported",
    )  # fmt: skip
    drop = outcome(
        "dropout_curbs_overfitting", {"dropout": 0.04 + noise(0.01), "none": 0.043 + noise(0.01)},
        {"dropout": 1, "none": -1}, metric="generalization gap", unit="nats", expect="lower", smallest=0.01,
        verdict="not shown",
    )  # fmt: skip
    adam = outcome(
        "adam_generalizes_better_than_gradient_descent",
        {"adam": 0.95 + common, "gradient_descent": 0.965 + common + noise(0.002)},
        {"adam": 1, "gradient_descent": -1}, metric="test/accuracy", unit="", expect="higher", smallest=0.005,
        verdict="contradicted",
    )  # fmt: skip
    levels = {"l2_sgd": 0.950, "weight_decay_sgd": 0.951, "l2_adam": 0.940, "weight_decay_adam": 0.958}
    four = {name: level + common + noise(0.003) for name, level in levels.items()}
    decay = outcome(
        "weight_decay_is_not_l2_under_adam", four,
        {"weight_decay_adam": 1, "l2_adam": -1, "weight_decay_sgd": -1, "l2_sgd": 1}, metric="val/accuracy", unit="",
        expect="higher", smallest=0.005, verdict="supported",
    )  # fmt: skip
    relu = outcome(
        "relu_trains_deep_networks", {"relu": 1.1 + noise(0.1), "sigmoid": 2.3 + noise(0.02)},
        {"relu": 1, "sigmoid": -1}, metric="train/loss", unit="nats", expect="no higher", smallest=0.05,
        verdict="supported",
    )  # fmt: skip
    for known in (
        claim("batch_norm_speed", "regularization", "supported", [speed, kept]),
        claim(
            "dropout_curbs_overfitting", "regularization", "not shown", [drop],
            flags=["Arm dropout chose the largest learning rate offered: the range may end too early."],
        ),
        claim("adam_generalizes_better_than_gradient_descent", "optimization", "contradicted", [adam]),
        claim("weight_decay_is_not_l2_under_adam", "regularization", "supported", [decay]),
        claim("relu_trains_deep_networks", "activations", "supported", [relu], tuning=None),
    ):  # fmt: skip
        write_json(root / "claims" / f"{known['claim']}.json", known)


def atlas(name: str, metric: str, factors: dict, value, *, left_out: int = 0) -> dict:
    """An atlas of all combinations but the last ``left_out``; ``value`` gives the mean of one."""
    combinations = [dict(zip(factors, values, strict=True)) for values in itertools.product(*factors.values())]
    cells = [
        {
            "values": known,
            "mean": (mean := value(**{key.rpartition(".")[2]: of for key, of in known.items()})),
            "low": mean - 0.012,
            "high": mean + 0.011,
            "n": 5,
            "runs": [run_id(name, sorted(known.items()), seed) for seed in range(5)],
        }
        for known in combinations[: len(combinations) - left_out]
    ]
    return {
        "atlas": name,
        "statement": f"What {' and '.join(factors)} do to the score.",
        "metric": metric,
        "factors": factors,
        "cells": cells,
        "failed": ["strength=0.01 seed=4: loss is nan"] if name == "decay" else [],
        "command": f"python pipelines/train.py -m atlas={name}",
    }


def write_atlases(root: Path) -> None:
    """Curves over decades, one curve with a zero, rows, a heat map with a hole, small multiples of either."""
    worth = {
        "none": 0.0,
        "l1": 0.01,
        "l2": 0.015,
        "dropout": 0.03,
        "batch_norm": 0.02,
        "max_norm": 0.005,
        "mixup": 0.028,
    }
    shares = [0.02, 0.05, 0.1, 0.3, 1.0]
    for known in (
        atlas(
            "regularizers", "test/accuracy", {"regularizer": list(worth), "data.train_fraction": shares},
            lambda regularizer, train_fraction: 0.96 - 0.06 * train_fraction**-0.3 + worth[regularizer],
        ),
        atlas(
            "activations_by_init", "val/accuracy", {"activation": ["relu", "tanh", "sine"], "init": ["he", "xavier"]},
            lambda activation, init: 0.9 + 0.02 * len(init) - 0.03 * len(activation), left_out=1,
        ),
        atlas("optimizers", "val/loss", {"optimizer": ["sgd", "adam", "muon"]}, lambda optimizer: len(optimizer) / 9),
        atlas("decay", "val/loss", {"strength": [0, 1e-4, 1e-3, 0.01]}, lambda strength: 0.4 + 1000 * strength),
        atlas(
            "schedules", "val/accuracy",
            {"scheduler": ["constant", "cosine"], "optimizer": ["sgd", "adam"], "optimizer.lr": [0.001, 0.01, 0.1]},
            lambda scheduler, optimizer, lr: 0.9 + 0.01 * len(scheduler) - abs(lr - 0.01) * len(optimizer) / 10,
        ),
        atlas(
            "widths", "val/accuracy", {"depth": [1, 2, 4], "width": [16, 64, 256], "batch": [8, 64]},
            lambda depth, width, batch: 0.8 + 0.02 * depth + 0.0002 * width - 0.0005 * batch,
        ),
    ):  # fmt: skip
        write_json(root / "atlases" / f"{known['atlas']}.json", known)
