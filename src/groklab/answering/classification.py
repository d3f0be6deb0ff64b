"""Classes and their probabilities."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.described import TEXTS_SHOWN, describe
from groklab.answering.trained import Trained, in_batches
from groklab.data.prepared import Arrays
from groklab.evaluation.predictions import Predictions


class Classification(Answering):
    """Outputs are probabilities [n, classes]."""

    kind = "classification"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Probabilities."""
        return in_batches(run.model, arrays.x)

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``wrongest``: the examples on which the network was most certain and wrong."""
        from groklab.evaluation.wrongest import wrongest, wrongest_pictures, wrongest_texts

        names = run.prepared.card.class_names or []
        texts = describe(run, wrongest(predictions, TEXTS_SHOWN).tolist())
        if texts is not None:
            return {}, {"wrongest": wrongest_texts(texts, predictions, names)} if texts else {}
        x = np.asarray(run.prepared.open("test").x)
        figure = wrongest_pictures(x, predictions, names) if x.ndim > 2 else None
        return {"wrongest": figure} if figure else {}, {}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """The most probable class, and the probability of each."""
        classes = run.prepared.card.class_names or []
        rows: Rows = []
        for name, output in zip(names, in_batches(run.model, x).tolist(), strict=True):
            best = int(np.argmax(output))
            shares = {f"p({known})": share for known, share in zip(classes, output, strict=True)}
            rows.append({"example": name, "prediction": classes[best], "confidence": output[best], **shares})
        return rows
