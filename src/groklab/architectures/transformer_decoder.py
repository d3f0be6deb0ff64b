"""Transformer language model."""

from collections.abc import Callable
from typing import Annotated, ClassVar

from jaxtyping import Float, Int
from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn
from torch.nn.functional import linear

from groklab.layers.positions import LearnedPositions
from groklab.layers.token_input import check_tokens
from groklab.layers.transformer_block import TransformerBlock


class TransformerDecoder(nn.Module):
    """Logits of the next token at each step: ``W norm(h_t)``, of blocks in which a step attends to none after it.

    Args:
        input_shape: [length] of the tokens; the longest sequence.
        num_tokens: Vocabulary, with the padding 0.
        hidden_size: Features of a step.
        num_layers: Blocks.
        num_heads: Heads of attention; a divisor of ``hidden_size``.
        expansion: Units of a feed-forward part, as a multiple of ``hidden_size``.
        tied: Whether W is the embedding, which saves ``num_tokens * hidden_size`` weights.
        activation: Makes one activation.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is no tokens, or ``num_heads`` does not divide ``hidden_size``.

    Source: Radford et al. (2019), GPT-2, section 2.3; tied after Press & Wolf (2017), EACL, section 3.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_tokens: NonNegativeInt,
        *,
        hidden_size: PositiveInt = 64,
        num_layers: PositiveInt = 2,
        num_heads: PositiveInt = 4,
        expansion: PositiveInt = 4,
        tied: bool = True,
        activation: Callable[[], nn.Module] = nn.ReLU,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        check_tokens(input_shape, num_tokens)
        self.embedding = nn.Embedding(num_tokens, hidden_size, padding_idx=0)
        # torch's own spread of 1 would make the tied logits large, and a token its own likeliest successor
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.positions = LearnedPositions(input_shape[0], hidden_size)
        self.drop = drop()
        self.blocks = nn.ModuleList(
            TransformerBlock(hidden_size, num_heads, expansion=expansion, causal=True, activation=activation, drop=drop)
            for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(hidden_size)
        self.output = None if tied else nn.Linear(hidden_size, num_tokens, bias=False)

    def forward(self, x: Int[Tensor, "batch length"]) -> Float[Tensor, "batch length tokens"]:
        """Logits of the token after each; those after padding mean nothing."""
        features = self.drop(self.positions(self.embedding(x)))
        for block in self.blocks:
            features = block(features)
        features = self.norm(features)
        outputs: Tensor = linear(features, self.embedding.weight) if self.output is None else self.output(features)
        return outputs
