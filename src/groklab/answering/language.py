"""Log-probabilities of texts, and texts that a network writes."""

from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int
from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows, Shown
from groklab.answering.trained import Trained
from groklab.data.prepared import Arrays
from groklab.data.vocabulary import FIRST, Vocabulary
from groklab.errors import UserError
from groklab.evaluation.predictions import Predictions
from groklab.tasks.generate import generate

_BATCH = 64


class Language(Answering):
    """Outputs are the log-probability of each token that came, in nats [n, length]."""

    kind = "language"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Log-probabilities of the next tokens."""
        return log_probabilities(run.model, arrays.x, arrays.y)

    def shown(self, run: Trained, predictions: Predictions) -> Shown:
        """``generated``: what the network writes after a new line."""
        return {}, {"generated": continuation(run)}

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """How surprising each text is."""
        x, following = x[:, :-1], x[:, 1:]
        nats = -np.where(following != 0, log_probabilities(run.model, x, following), 0).sum(1)
        counts = np.maximum((following != 0).sum(1), 1)
        return [
            {"example": name, "characters": int(count), "nats_per_character": float(sum_ / count)}
            for name, sum_, count in zip(names, nats, counts, strict=True)
        ]


def log_probabilities(
    model: torch.nn.Module, x: Int[np.ndarray, "texts length"], following: Int[np.ndarray, "texts length"]
) -> Float64[np.ndarray, "texts length"]:
    """Of each token of ``following``, given those of ``x`` up to its place; in nats."""
    batches = []
    with torch.inference_mode():
        for start in range(0, len(x), _BATCH):
            said = model(torch.from_numpy(np.array(x[start : start + _BATCH])))
            tokens = torch.from_numpy(np.array(following[start : start + _BATCH])).long()
            batches.append(said.gather(-1, tokens.unsqueeze(-1)).squeeze(-1))
    return torch.cat(batches).double().numpy()


def continuation(
    run: Trained, prompt: str = "\n", *, length: int = 400, temperature: float = 0.8, seed: int = 0
) -> str:
    """Text that a trained language model writes after ``prompt``, which is part of it.

    Raises:
        UserError: The run is no language model.
    """
    card = run.prepared.card
    if card.kind != "language":
        raise UserError(f"prompt: {run.folder} is for {card.kind}, not language; give input=FILE instead")
    encoder = run.prepared.encoder(run.dataset)
    assert isinstance(encoder, Vocabulary), "a language model has a vocabulary"
    start = encoder.numbers(prompt or "\n")
    drawn = generate(
        run.model,
        start,
        num_tokens=length,
        context=card.shape[0],
        vocabulary=len(encoder.tokens) + FIRST,
        temperature=temperature,
        seed=seed,
    )
    return encoder.decode([*start, *drawn]).lstrip("\n")
