"""Transcripts of sounds."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.trained import Trained
from groklab.assembly import build_evaluation
from groklab.data.prepared import Arrays
from groklab.evaluation.ctc_decoding import as_rows, decode
from groklab.evaluation.edits import edits_and_lengths, transcripts
from groklab.evaluation.predictions import Predictions
from groklab.evaluation.transcription import Transcription as Scoring

_BATCH = 64
_TEXTS_SHOWN = 12


class Transcription(Answering):
    """Outputs are symbols [n, most], decoded as the config's evaluation says."""

    kind = "transcription"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Symbols, 0 after the end."""
        return as_rows(self._decoded(run, arrays.x))

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``alignment``: when the worst utterance's symbols were heard; ``worst``: the utterances with most errors."""
        from groklab.evaluation.transcription_pictures import alignment_picture

        names, scoring = run.prepared.card.class_names or [], _scoring(run)
        edits, lengths = edits_and_lengths(predictions.outputs, predictions.targets)
        order = np.argsort(-edits / np.maximum(lengths, 1), kind="stable")
        texts = [
            tuple(scoring.text(of, names) for of in pair)
            for pair in zip(transcripts(predictions.targets), transcripts(predictions.outputs), strict=True)
        ]
        lines = [
            f"{edits[row]} of {lengths[row]}\n  reference: {texts[row][0]}\n  said:      {texts[row][1]}\n"
            for row in order[:_TEXTS_SHOWN]
            if edits[row]
        ]
        worst = int(order[0])
        x = np.array(run.prepared.open("test").x[worst : worst + 1])
        frames = x[0][~np.isnan(x[0]).all(axis=1)]
        (chances,) = np.exp(_log_probabilities(run, x))
        steps = -(-len(frames) * len(chances) // x.shape[1])
        figure = alignment_picture(
            frames, chances[:steps], names, reference=texts[worst][0], said=texts[worst][1] or "nothing"
        )
        return {"alignment": figure}, {"worst": "\n".join(lines)} if lines else {}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """What is said."""
        known, scoring = run.prepared.card.class_names or [], _scoring(run)
        said = self._decoded(run, x)
        return [
            {"example": name, "transcript": scoring.text(symbols, known)}
            for name, symbols in zip(names, said, strict=True)
        ]

    def _decoded(self, run: Trained, x: NDArray[Any]) -> list[list[int]]:
        scoring, said = _scoring(run), []
        for start in range(0, len(x), _BATCH):
            known = _log_probabilities(run, np.array(x[start : start + _BATCH]))
            said += decode(known, decoder=scoring.decoder, beam_width=scoring.beam_width)
        return said


def _log_probabilities(run: Trained, x: NDArray[Any]) -> Float[np.ndarray, "examples steps outputs"]:
    with torch.inference_mode():
        known: NDArray[Any] = run.model(torch.from_numpy(x)).double().numpy()
    return known


def _scoring(run: Trained) -> Scoring:
    scoring = build_evaluation(run.config)
    assert isinstance(scoring, Scoring), "predictions of transcription are scored by it, or refused"
    return scoring
