"""Experiments as the template wants them: scores beside baselines, curves, pictures, data, composition, cost."""

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from groklab.report import pictures, wording
from groklab.report.embedded import inlined
from groklab.report.records import Cost, Curves, Experiment, Picture

_CLASSES_SHOWN = 20
_CAPTIONS = {
    "confusion_matrix": "Confusion matrix: rows are the actual classes, columns the predicted ones.",
    "calibration": "Calibration: how often a prediction made with a given confidence is right.",
    "residuals": "Residuals: target less prediction, over the prediction.",
    "forecasts": "Forecasts and what came, for windows spread over the test part.",
    "error_by_horizon": "Error of the forecast over the steps ahead.",
    "nats_by_position": "What context is worth: nats per character by the characters that were seen before.",
    "wrongest": "The examples on which the network was most certain and wrong.",
    "predicted_vs_actual": "Predictions against targets; on the diagonal they agree.",
}
_TEXTS = {
    "generated": "Generated text",
    "wrongest": "Wrongest examples",
    "farthest": "Largest errors",
    "worst": "Worst transcripts",
}


def run_of(experiment: Experiment) -> str | None:
    """The run that an experiment's model and metrics are of."""
    if experiment.status and experiment.status.run:
        return experiment.status.run
    return experiment.metrics.run if experiment.metrics else None


def experiment_section(experiment: Experiment, anchor: str) -> dict[str, Any]:
    """One mapping for an experiment: its record, HTML id, rows and drawings."""
    metrics, comparison = experiment.metrics, experiment.comparison
    baselines = _best_first(experiment)
    drawn: dict[str, str | None] = {}
    if metrics and comparison.metric:
        drawn["scores"] = pictures.scores(
            comparison.metric,
            metrics.values[comparison.metric],
            {name: metrics.baselines[name].get(comparison.metric) for name in baselines},
            name=f"{anchor}-scores",
        )
    if experiment.curves:
        score = comparison.metric or _logged(experiment.curves)
        for metric in ("loss", score) if score else ("loss",):
            drawing = pictures.learning_curves(
                experiment.curves, metric, experiment.best, name=f"{anchor}-{metric.replace('_', '-')}"
            )
            drawn["loss" if metric == "loss" else "score"] = drawing
    return {
        "experiment": experiment,
        "anchor": anchor,
        "run": run_of(experiment),
        "baselines": baselines,
        "rows": _rows(experiment, baselines),
        "drawn": {name: Markup(svg) for name, svg in drawn.items() if svg},
        "gap": _gap(experiment),
        "texts": [(_TEXTS.get(name, wording.words(name)), text) for name, text in experiment.texts],
        "pictures": [_embedded(picture, experiment) for picture in experiment.pictures],
        "classes": _classes(experiment),
        "cost": _cost(experiment.cost),
    }


def _logged(curves: Curves) -> str | None:
    """The score to draw where there is no metrics file yet."""
    return next((name for name in ("accuracy", "r2") if f"val/{name}" in curves.series), None)


def _best_first(experiment: Experiment) -> list[str]:
    """Names of the baselines by the metric that is compared, those without it last."""
    if experiment.metrics is None:
        return []
    scored, metric = experiment.metrics.baselines, experiment.comparison.metric
    values = {name: known.get(metric) for name, known in scored.items()} if metric else dict.fromkeys(scored)
    sign = -1 if metric and wording.direction(metric) == "↑" else 1
    return sorted(scored, key=lambda name: math.inf if (value := values[name]) is None else sign * value)


def _rows(experiment: Experiment, baselines: Sequence[str]) -> list[dict[str, Any]]:
    """One row per metric: the network, then each baseline ("" where not scored), and the best of them."""
    if experiment.metrics is None:
        return []
    metrics = experiment.metrics
    rows = []
    for name, value in metrics.values.items():
        cells = [value, *(metrics.baselines[baseline].get(name, "") for baseline in baselines)]
        known_cells = [cell for cell in cells if isinstance(cell, float)]
        direction = wording.direction(name)
        best = (max if direction == "↑" else min)(known_cells) if direction and len(known_cells) > 1 else None
        reason = metrics.undefined.get(name, "no reason was recorded") if value is None else None
        rows.append({"name": name, "cells": cells, "direction": direction, "best": best, "reason": reason})
    return rows


def _gap(experiment: Experiment) -> dict[str, float] | None:
    """Training and validation loss at the best epoch (without one: the last)."""
    curves, best = experiment.curves, experiment.best
    if curves is None or not {"train/loss", "val/loss"} <= curves.series.keys():
        return None
    epoch = best.epoch if best and best.epoch in curves.epochs else curves.epochs[-1]
    at = curves.epochs.index(epoch)
    train, val = curves.series["train/loss"][at], curves.series["val/loss"][at]
    return {"epoch": epoch, "train": train, "val": val, "gap": val - train} if val - train == val - train else None


def _embedded(picture: Picture, experiment: Experiment) -> dict[str, Any]:
    known = next((text for name, text in _CAPTIONS.items() if picture.name.startswith(name)), None)
    heard = f"{wording.words(picture.name)} of {experiment.name} on the test part."
    if picture.name == "confusion_matrix" and experiment.confusions is not None:
        most = ", ".join(f"{a} taken for {b} ({times})" for a, b, times in experiment.confusions)
        known = f"{known} Most often confused: {most or 'nothing'}."
    return {"caption": known or f"{wording.words(picture.name)}.", "alt": heard, **inlined(picture)}


def _classes(experiment: Experiment) -> dict[str, Any] | None:
    """Examples per class and split; for many classes only the smallest and the largest."""
    card = experiment.card
    if card is None or not card.class_counts:
        return None
    splits = list(card.class_counts)
    names = list(dict.fromkeys(name for counts in card.class_counts.values() for name in counts))
    if len(names) > _CLASSES_SHOWN:
        counts = [card.class_counts[split].get(name, 0) for split in splits for name in names]
        return {"many": len(names), "smallest": min(counts), "largest": max(counts)}
    rows = [(name, [card.class_counts[split].get(name, 0) for split in splits]) for name in names]
    return {"splits": splits, "rows": rows}


def _cost(cost: Cost) -> list[tuple[str, str]]:
    shown = [
        ("Training time", wording.duration(cost.duration_s), cost.duration_s),
        ("Parameters", wording.count(cost.num_parameters), cost.num_parameters),
        ("Steps", wording.count(cost.num_steps), cost.num_steps),
        ("Epochs", wording.count(cost.num_epochs), cost.num_epochs),
        ("Device", cost.device or "", cost.device),
    ]
    return [(label, text) for label, text, value in shown if value is not None]
