"""The input of a sequence network: tokens or frames."""

from collections.abc import Sequence

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from groklab.layers.padding import frame_mask, token_mask, trim, without_nan


class SequenceInput(nn.Module):
    """Tokens as embeddings, or frames as they are, and which steps are valid.

    Steps that are padding in the whole batch are cut off, where no graph is traced. Padding gives features of 0.

    Args:
        input_shape: [length] of tokens, or [time, features] of frames.
        num_tokens: Vocabulary, with the padding 0; 0 means frames.
        embedding_size: Features of a token; not used for frames.

    Raises:
        ValueError: The input is neither tokens nor frames.
    """

    def __init__(self, input_shape: Sequence[int], num_tokens: int, embedding_size: int) -> None:
        super().__init__()
        if len(input_shape) != (1 if num_tokens else 2):
            raise ValueError(
                f"input_shape {list(input_shape)} with num_tokens={num_tokens} is neither frames [time, features] nor "
                f"tokens [length]; choose architecture={'cnn' if len(input_shape) == 3 else 'mlp'} or sequence data"
            )
        self.embedding = nn.Embedding(num_tokens, embedding_size, padding_idx=0) if num_tokens else None
        self.num_features = embedding_size if num_tokens else input_shape[1]
        self.trims = True  # a cut that depends on the data is none for several batches at once

    def forward(
        self, x: Float[Tensor, "batch time features"] | Int[Tensor, "batch time"]
    ) -> tuple[Float[Tensor, "batch steps size"], Bool[Tensor, "batch steps"]]:
        """Features and mask of the steps."""
        features, valid = (
            (without_nan(x), frame_mask(x)) if self.embedding is None else (self.embedding(x), token_mask(x))
        )
        return trim(features, valid) if self.trims else (features, valid)
