"""Transformer encoder for sequences of tokens or frames."""

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import torch
from jaxtyping import Float, Int
from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn

from groklab.layers.pooling import pool
from groklab.layers.positions import LearnedPositions, SinusoidalPositions
from groklab.layers.sequence_input import SequenceInput
from groklab.layers.transformer_block import TransformerBlock


class Transformer(nn.Module):
    """Embeddings with positions, ``num_layers`` blocks of attention, norm, the mean over valid steps, affine output.

    Steps attend to all valid steps. Frames go through an affine map to ``hidden_size`` first.

    Args:
        input_shape: [length] of tokens, or [time, features] of frames.
        num_outputs: Classes or targets.
        num_tokens: Vocabulary, with the padding 0; 0 means frames.
        hidden_size: Features of a step.
        num_layers: Blocks.
        num_heads: Heads of attention; a divisor of ``hidden_size``.
        expansion: Units of a feed-forward part, as a multiple of ``hidden_size``.
        positions: sinusoidal (any length) or learned (up to the length in ``input_shape``).
        activation: Makes one activation.
        drop: Makes one dropout.

    Raises:
        ValueError: The input is neither tokens nor frames, or ``num_heads`` does not divide ``hidden_size``.

    Source: Vaswani et al. (2017), NeurIPS, section 3; norms as in Xiong et al. (2020), ICML, section 3.
    """

    depth_argument: ClassVar = "num_layers"

    def __init__(
        self,
        input_shape: Annotated[list[PositiveInt], Field(min_length=1)],
        num_outputs: PositiveInt,
        *,
        num_tokens: NonNegativeInt = 0,
        hidden_size: PositiveInt = 64,
        num_layers: PositiveInt = 2,
        num_heads: PositiveInt = 4,
        expansion: PositiveInt = 4,
        positions: Literal["sinusoidal", "learned"] = "sinusoidal",
        activation: Callable[[], nn.Module] = nn.ReLU,
        drop: Callable[[], nn.Module] = nn.Identity,
    ) -> None:
        super().__init__()
        self.input = SequenceInput(input_shape, num_tokens, hidden_size)
        self.project = nn.Identity() if num_tokens else nn.Linear(self.input.num_features, hidden_size)
        self.positions = (
            SinusoidalPositions(hidden_size)
            if positions == "sinusoidal"
            else LearnedPositions(input_shape[0], hidden_size)
        )
        self.drop = drop()
        self.blocks = nn.ModuleList(
            TransformerBlock(hidden_size, num_heads, expansion=expansion, activation=activation, drop=drop)
            for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(hidden_size)
        self.output = nn.Linear(hidden_size, num_outputs)

    def forward(
        self, x: Float[Tensor, "batch time features"] | Int[Tensor, "batch time"]
    ) -> Float[Tensor, "batch outputs"]:
        """Logits or target values, one row an example."""
        features, valid = self.input(x)
        # a sequence without any valid step attends to its first: a softmax of nothing would be NaN
        seen = valid | (torch.arange(valid.shape[1], device=valid.device) == 0)
        features = self.drop(self.positions(self.project(features)))
        for block in self.blocks:
            features = block(features, seen)
        outputs: Tensor = self.output(pool(self.norm(features), valid, "mean"))
        return outputs
