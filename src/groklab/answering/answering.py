"""From a network to answers: about a part of its data, and about a user's own examples."""

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from groklab.answering.trained import Trained
from groklab.data.card import Split
from groklab.data.prepared import Arrays, Prepared
from groklab.errors import UserError
from groklab.evaluation.forms import as_targets
from groklab.evaluation.predictions import Predictions
from groklab.files import atomic_file
from groklab.kinds import Kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Rows = list[dict[str, Any]]
Shown = tuple[dict[str, "Figure"], dict[str, str]]


class Answering(ABC):
    """How the networks of one kind are asked."""

    kind: Kind

    def predictions(self, run: Trained, split: Split) -> Predictions:
        """What the network says of a part of its data, beside what is right."""
        arrays = run.prepared.open(split)
        return Predictions(
            self.outputs(run, arrays),
            as_targets(self.kind, np.asarray(arrays.y)),
            keys=np.array(arrays.keys),
            split=split,
            kind=self.kind,
            overlap=run.prepared.card.overlap,
        )

    def check(self, config: Mapping[str, Any], prepared: Prepared) -> None:
        """Refuse a config whose network could not be scored, before it is trained.

        Raises:
            UserError: Something that scoring needs is missing.
        """
        self.scored_with(config, prepared)

    def scored_with(self, config: Mapping[str, Any], prepared: Prepared) -> dict[str, Any]:
        """What the scores depend on beyond config and data, for the metrics file."""
        return {}

    def baselines(
        self, run: Trained, estimators: Mapping[str, Any], split: Split, *, memo: Path | None
    ) -> dict[str, Predictions]:
        """What each estimator says of a part; ``memo`` is a folder of what was said before."""
        from groklab.evaluation.baselines import predict_baselines

        return predict_baselines(estimators, run.prepared, split, kind=self.kind, memo=memo)

    @abstractmethod
    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """The outputs of :class:`Predictions` for some examples."""

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """Pictures and texts by name, beyond those that predictions alone give."""
        return {}, {}

    @abstractmethod
    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """One row or more for each of a user's examples.

        Args:
            run: What is asked.
            x: The examples, as networks take them.
            names: What to call them.
        """

    def answer(self, run: Trained, path: Path, output: Path | None) -> str:
        """Answers about a user's file or folder: a text, which ``output`` then holds if it is given.

        Raises:
            UserError: It cannot be read as examples of the data set.
        """
        if not path.exists():
            raise UserError(f"input={path}: does not exist; give a file or folder")
        x, names = run.dataset.read_inputs(path)
        encoder = run.prepared.encoder(run.dataset)
        x = np.asarray(x) if encoder is None else encoder.transform(x)
        if not len(x):
            raise UserError(f"input={path}: holds no example; give one or more")
        return write_rows(self.rows(run, x if x.dtype.kind in "iu" else x.astype(np.float32), names), output)


def write_rows(rows: Rows, output: Path | None, *, columns: Sequence[str] = ()) -> str:
    """The rows as CSV, or as JSON where ``output`` ends in .json; written to ``output`` if there is one.

    ``columns`` are named where there may be no row to tell them.
    """
    if output is not None and output.suffix == ".json":
        text = json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    else:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0] if rows else columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = buffer.getvalue()
    if output is not None:
        with atomic_file(output) as file:
            file.write(text.encode())
    return text
