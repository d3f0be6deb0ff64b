"""The input of a language model: tokens."""

from collections.abc import Sequence


def check_tokens(input_shape: Sequence[int], num_tokens: int) -> None:
    """Refuse what is no row of tokens.

    Raises:
        ValueError: ``input_shape`` is not [length], or there is no vocabulary.
    """
    if len(input_shape) != 1 or num_tokens == 0:
        raise ValueError(
            f"input_shape {list(input_shape)} with num_tokens={num_tokens} is no text [length]; "
            f"choose architecture={'cnn' if len(input_shape) == 3 else 'mlp'} or language data"
        )
