"""A trained run scored on a part of its data, beside its baselines."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from groklab.assembly import build_baselines, build_dataset, build_evaluation
from groklab.data.card import Split
from groklab.data.prepared import Prepared
from groklab.data.vocabulary import Vocabulary
from groklab.evaluation.evaluation import Evaluation
from groklab.evaluation.metrics_file import metrics_file
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.write import write_predictions, write_results
from groklab.files import read_json, write_atomic, write_json
from groklab.fitting import WEIGHTS, generated, predict, trained_model

_TEXTS_SHOWN = 8


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
    from groklab.evaluation.baselines import predict_baselines

    evaluation, card = build_evaluation(config), prepared.card
    arrays = prepared.open(split)
    language = card.kind == "language"
    model = trained_model(trained / WEIGHTS, config, prepared)
    outputs = predict(model, arrays.x, following=arrays.y if language else None)
    targets = np.array(arrays.y, np.int64 if language else None)
    predictions = Predictions(outputs, targets, keys=np.array(arrays.keys), split=split, overlap=card.overlap)
    estimators = build_baselines(config) if split == "test" else {}
    baselines = predict_baselines(estimators, prepared, split, memo=memo)
    names = card.class_names if card.kind == "classification" else card.target_names
    figures: dict[str, Any] = {}
    texts: dict[str, str] = {}
    if language and split == "test":
        texts["generated"] = generated(model, config, prepared)
    if card.kind == "classification" and split == "test":
        figures, texts = _wrong_answers(config, prepared, predictions, np.asarray(arrays.x))
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
    )
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


def _wrong_answers(
    config: Mapping[str, Any], prepared: Prepared, predictions: Predictions, x: np.ndarray[Any, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Pictures or texts of the examples on which the network was most certain and wrong; neither of a table."""
    from groklab.evaluation.wrongest import wrongest, wrongest_pictures, wrongest_texts

    names = prepared.card.class_names or []
    encoder = prepared.encoder(build_dataset(config))
    if isinstance(encoder, Vocabulary):
        rows = wrongest(predictions, _TEXTS_SHOWN)
        shown = wrongest_texts([encoder.decode(x[row].tolist()) for row in rows], predictions, names)
        return {}, {"wrongest": shown} if shown else {}
    figure = wrongest_pictures(x, predictions, names) if x.ndim > 2 else None
    return {"wrongest": figure} if figure else {}, {}
