"""The content of a metrics file."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from groklab.errors import UserError
from groklab.evaluation.evaluation import Evaluation
from groklab.evaluation.predictions import Predictions

_COST = ("duration_s", "num_parameters", "num_steps")


def metrics_file(
    *,
    experiment: str,
    run: str,
    split: str,
    evaluation: Evaluation,
    predictions: Predictions,
    baselines: Mapping[str, Predictions],
    best: Mapping[str, Any],
    cost: Mapping[str, Any],
    names: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Scores of a network and its baselines on the same examples, as plain JSON: null and a reason for NaN.

    Where predictions have notes, they stand under ``notes`` by its name.

    Args:
        experiment: Its name.
        run: The run's identity.
        split: Which part was predicted.
        evaluation: How to score.
        predictions: The network's.
        baselines: Those of the baselines, by name.
        best: The content of ``best.json``.
        cost: The content of ``cost.json``.
        names: Of the classes or targets, for the reasons.

    Raises:
        UserError: Predictions are of another split, or of other examples than the network's.
    """
    for name, given in {"the network": predictions, **baselines}.items():
        if given.split != split:
            raise UserError(f"{experiment}: {name} was asked about {given.split}, not {split}; evaluate again")
        same = np.array_equal(given.targets, predictions.targets, equal_nan=given.targets.dtype.kind == "f")
        if not (np.array_equal(given.keys, predictions.keys) and same):
            raise UserError(f"{experiment}: {name} was asked about other examples than the network; evaluate again")
    undefined = evaluation.undefined(predictions, names=names)
    scores = evaluation.score(predictions, names=names)
    asked = {"network": predictions, **baselines}
    notes = {name: list(given.notes) for name, given in asked.items() if given.notes}
    return {
        "experiment": experiment,
        "run": run,
        "split": split,
        "metrics": _plain(scores),
        "undefined": {**_not_finite(scores), **undefined},
        "baselines": {name: _plain(evaluation.score(given, names=names)) for name, given in baselines.items()},
        "train": {"epoch": best.get("epoch"), "metrics": _plain(best.get("metrics", {}))},
        "cost": _plain({name: cost.get(name) for name in _COST}),
        **({"notes": notes} if notes else {}),
    }


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if value is None or math.isfinite(value) else None for name, value in values.items()}


def _not_finite(scores: Mapping[str, float | None]) -> dict[str, str]:
    return {
        name: f"it is {value}, not a finite number"
        for name, value in scores.items()
        if value is not None and not math.isfinite(value)
    }
