"""A ``Report`` -> one HTML text that needs nothing but itself."""

import base64
import hashlib
import math
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from groklab.files import write_atomic
from groklab.report import pictures, wording
from groklab.report.gather import gather
from groklab.report.records import Cost, Curves, Experiment, Picture, Report, Search

VERDICTS = {"ahead": "▲ ahead", "tie": "= tie", "behind": "▼ behind", "open": "? no verdict"}
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
_OF_SEARCHES = {
    "history": "Each trial's value, and the best so far.",
    "importance": "How much of the values' spread each parameter explains.",
}
_TEXTS = {
    "generated": "Generated text",
    "wrongest": "Wrongest examples",
    "farthest": "Largest errors",
    "worst": "Worst transcripts",
}


def write_report(root: Path, output: Path) -> None:
    """Read the pipeline outputs under ``root`` and write the page to ``output``, whole or not at all.

    Raises:
        UserError: an input file is broken, or ``output`` cannot be written.
    """
    write_atomic(output, render(gather(root)))


def render(report: Report) -> str:
    """The page. The same report gives the same text, byte for byte."""
    package = files("groklab.report")
    style, script = (package.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "copy.js"))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        name: getattr(wording, name) for name in ("metric", "words", "number", "signed", "count", "duration", "moment")
    }
    template = environment.from_string(package.joinpath("template.html").read_text(encoding="utf-8"))
    experiments = report.experiments
    return template.render(
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        sections=[
            _section(experiment, anchor) for experiment, anchor in zip(experiments, _anchors(experiments), strict=True)
        ],
        searches=report.searches,
        grids=report.grids,
        drawn={search.name: [_drawn(picture, search) for picture in search.pictures] for search in report.searches},
        totals=_totals(experiments),
        verdicts=VERDICTS,
        tally={verdict: sum(e.comparison.verdict == verdict for e in experiments) for verdict in VERDICTS},
    )


def _anchors(experiments: Iterable[Experiment]) -> list[str]:
    """One HTML id per experiment: letters, digits and hyphens, none twice."""
    anchors: list[str] = []
    for experiment in experiments:
        plain = "e-" + (re.sub(r"[^a-z0-9]+", "-", experiment.name.lower()).strip("-") or "unnamed")
        anchor, again = plain, 2
        while anchor in anchors:
            anchor, again = f"{plain}--{again}", again + 1
        anchors.append(anchor)
    return anchors


def _totals(experiments: Iterable[Experiment]) -> dict[str, Any]:
    """Sums over runs; a run that two experiments share counts once."""
    runs = {_run(experiment) or experiment.name: experiment for experiment in experiments}
    durations = [e.cost.duration_s for e in runs.values() if e.cost.duration_s is not None]
    ended = [e.status.ended for e in runs.values() if e.status and e.status.ended]
    return {
        "runs": sum(_run(experiment) is not None for experiment in runs.values()),
        "duration_s": sum(durations) if durations else None,
        "ended": max(ended, default=None),
        "commits": sorted({e.commit for e in runs.values() if e.commit}),
    }


def _run(experiment: Experiment) -> str | None:
    if experiment.status and experiment.status.run:
        return experiment.status.run
    return experiment.metrics.run if experiment.metrics else None


def _section(experiment: Experiment, anchor: str) -> dict[str, Any]:
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
        "run": _run(experiment),
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
    return {"caption": known or f"{wording.words(picture.name)}.", "alt": heard, **_inlined(picture)}


def _drawn(picture: Picture, search: Search) -> dict[str, Any]:
    return {
        "caption": _OF_SEARCHES.get(picture.name, f"{wording.words(picture.name)}."),
        "alt": f"{wording.words(picture.name)} of search {search.name}.",
        **_inlined(picture),
    }


def _inlined(picture: Picture) -> dict[str, Any]:
    uri = f"data:image/png;base64,{base64.b64encode(picture.content).decode()}"
    return {"uri": uri, "width": picture.width, "height": picture.height}


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
