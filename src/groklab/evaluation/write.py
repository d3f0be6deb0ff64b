"""The files of an evaluation: predictions, pictures, plots."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groklab.evaluation.evaluation import Evaluation, Row
from groklab.evaluation.predictions import Predictions
from groklab.files import write_atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_predictions(
    folder: Path, predictions: Predictions, *, baselines: Mapping[str, Predictions] | None = None
) -> None:
    """Write ``<split>.npz``, and ``baseline_<name>.npz`` for each baseline, so that they can be paired."""
    predictions.save(folder / f"{predictions.split}.npz")
    for name, given in (baselines or {}).items():
        given.save(folder / f"baseline_{name}.npz")


def write_results(
    pictures: Path,
    plots: Path,
    *,
    evaluation: Evaluation,
    predictions: Predictions,
    names: Sequence[str] | None,
    log: Iterable[Mapping[str, Any]] = (),
    best_epoch: int | None = None,
    figures: Mapping[str, "Figure"] | None = None,
) -> None:
    """Write an evaluation's pictures as PNG and its plots as CSV; the same input gives the same bytes.

    Args:
        pictures: Folder of the pictures.
        plots: Folder of the plots.
        evaluation: What draws.
        predictions: What is drawn.
        names: Of the classes or targets.
        log: The lines of ``log.jsonl``, for ``curves.csv`` and ``learning_curves.png``; none for neither.
        best_epoch: The epoch to mark.
        figures: More pictures, by name.

    Raises:
        UserError: A folder cannot be written.
    """
    from groklab.evaluation.curves import curve_rows, learning_curves
    from groklab.evaluation.drawing import png

    curves = curve_rows(log)
    tables = evaluation.plots(predictions, names=names)
    drawn = {**evaluation.pictures(predictions, names=names), **(figures or {})}
    if curves:
        tables["curves"] = curves
        learnt = learning_curves(curves, best_epoch=best_epoch)
        drawn |= {"learning_curves": learnt} if learnt else {}
    for name, rows in tables.items():
        write_atomic(plots / f"{name}.csv", _csv(rows))
    for name, figure in drawn.items():
        write_atomic(pictures / f"{name}.png", png(figure))


def _csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
