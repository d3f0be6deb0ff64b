"""Numbers in the data's units."""

from typing import Any

from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.described import TEXTS_SHOWN, describe
from groklab.answering.trained import Trained, in_batches
from groklab.data.prepared import Arrays
from groklab.evaluation.predictions import Predictions


class Regression(Answering):
    """Outputs are values [n, targets]."""

    kind = "regression"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Values."""
        return in_batches(run.model, arrays.x)

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``farthest``: the texts or rows with the largest errors, of a single target."""
        from groklab.evaluation.wrongest import farthest, farthest_texts

        texts = (
            describe(run, farthest(predictions, TEXTS_SHOWN).tolist()) if predictions.outputs.shape[1] == 1 else None
        )
        return {}, {"farthest": farthest_texts(texts, predictions)} if texts else {}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """A column a target."""
        said = in_batches(run.model, x).tolist()
        known = run.prepared.card.target_names or (
            ["prediction"] if len(said[0]) == 1 else [str(number) for number in range(len(said[0]))]
        )
        return [
            {"example": name, **dict(zip(known, output, strict=True))} for name, output in zip(names, said, strict=True)
        ]
