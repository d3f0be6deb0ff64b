"""A trained run scored on a part of its data, beside its baselines."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groklab.answering.choice import answering_of
from groklab.answering.trained import load_trained
from groklab.assembly import build_baselines, build_evaluation
from groklab.data.card import Split
from groklab.data.prepared import Prepared
from groklab.evaluation.evaluation import Evaluation
from groklab.evaluation.metrics_file import metrics_file
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.write import write_predictions, write_results
from groklab.files import read_json, write_atomic, write_json


@dataclass(frozen=True)
class Scores:
    """What was predicted, and how good that is."""

    evaluation: Evaluation
    predictions: Predictions
    baselines: dict[str, Predictions]
    metrics: dict[str, Any]
    log: list[dict[str, Any]]
    names: list[str] | None
    figures: dict[str, Any]
    texts: dict[str, str]


def score(trained: Path, config: Mapping[str, Any], prepared: Prepared, split: Split, *, memo: Path) -> Scores:
    """Predict ``split`` with the weights in ``trained`` and score the predictions.

    The baselines are scored on the test part alone: a search that looks at validation needs none.

    Args:
        trained: Folder with ``weights.safetensors``, ``best.json``, ``cost.json``, ``status.json``, ``log.jsonl``.
        config: Resolved config of the run.
        prepared: Its data.
        split: ``val`` or ``test``.
        memo: Folder of baseline predictions that were made before.
    """
    evaluation, card = build_evaluation(config), prepared.card
    kind = config["task"]["kind"]
    answering, run = answering_of(kind), load_trained(trained, config, prepared)
    predictions = answering.predictions(run, split)
    estimators = build_baselines(config) if split == "test" else {}
    baselines = answering.baselines(run, estimators, split, memo=memo)
    names = card.class_names or card.target_names
    figures, texts = answering.shown(run, predictions) if split == "test" else ({}, {})
    metrics = metrics_file(
        experiment=config["name"],
        run=read_json(trained / "status.json")["run"],
        split=split,
        evaluation=evaluation,
        predictions=predictions,
        baselines=baselines,
        best=read_json(trained / "best.json"),
        cost=read_json(trained / "cost.json"),
        names=names,
    ) | answering.scored_with(config, prepared)
    log = [json.loads(line) for line in (trained / "log.jsonl").read_text().split("\n")[:-1]]
    return Scores(evaluation, predictions, baselines, metrics, log, list(names) if names else None, figures, texts)


def write_scores(scores: Scores, *, metrics: Path, predictions: Path, pictures: Path | None, plots: Path) -> None:
    """Write the metrics file and the predictions; the pictures and the plots unless ``pictures`` is None."""
    write_predictions(predictions, scores.predictions, baselines=scores.baselines)
    if pictures:
        write_results(
            pictures,
            plots,
            evaluation=scores.evaluation,
            predictions=scores.predictions,
            names=scores.names,
            log=scores.log,
            best_epoch=scores.metrics["train"]["epoch"],
            figures=scores.figures,
        )
        for name, text in scores.texts.items():
            write_atomic(pictures / f"{name}.txt", text)
    write_json(metrics, scores.metrics)
