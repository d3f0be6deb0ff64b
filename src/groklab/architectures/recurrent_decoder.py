"""Recurrent language model."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float, Int
from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from groklab.layers.padding import token_mask
from groklab.layers.recurrence import Cell, Recurrence
from groklab.layers.token_input import check_tokens


class RecurrentDecoder(nn.Module):
    """Logits of the next token at each step: ``W drop(h_t) + b``, of states h that have read the tokens up to t.

    Args:
        input_shape: [length] of the tokens.
        num_tokens: Vocabulary, with the padding 0.
        embedding_size: Features of a token.
        cell: rnn (tanh), lstm or gru.
        hidden_size: Units of a layer.
        num_layers: Recurrent layers.
        drop: Makes the dropout after the embedding, between two layers and before the output.

    Raises:
        ValueError: The input is no tokens.

    Source: Mikolov et al. (2010), Interspeech, section 2; drop after Zaremba, Sutskever & Vinyals (2014), section 3.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_tokens: NonNegativeInt,
        *,
        embedding_size: PositiveInt = 64,
        cell: Cell = "gru",
        hidden_size: PositiveInt = 128,
        num_layers: PositiveInt = 1,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_tokens(input_shape, num_tokens)
        self.input = nn.Sequential(nn.Embedding(num_tokens, embedding_size, padding_idx=0), drop())
        self.recurrence = Recurrence(embedding_size, hidden_size, cell=cell, num_layers=num_layers, drop=drop)
        self.output = nn.Sequential(drop(), nn.Linear(hidden_size, num_tokens))

    def forward(self, x: Int[Tensor, "batch length"]) -> Float[Tensor, "batch length tokens"]:
        """Logits of the token after each; those after padding mean nothing."""
        outputs: Tensor = self.output(self.recurrence(self.input(x), token_mask(x)))
        return outputs
