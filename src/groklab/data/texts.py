"""Texts as data: what their tokens are and how many are kept."""

from typing import ClassVar, Unpack

from pydantic import PositiveInt

from groklab.data.dataset import DataSet, Fraction, Inputs
from groklab.data.variation import Variation
from groklab.data.vocabulary import Vocabulary


class TextData(DataSet):
    """Texts of at most [length] tokens; of language one token more, for each but the first is also a target.

    A subclass gives ``tokens`` besides what :class:`DataSet` asks for.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        shape: [length].
        num_features: The same length.
        num_outputs: Of language ``num_tokens``.
        num_tokens: Size of the vocabulary, padding (0) and unknown (1) included.
        min_count: A token that the training part has less often is unknown.

    Raises:
        ValueError: As :class:`DataSet`; or of language ``num_outputs`` is not ``num_tokens``.
    """

    inputs: ClassVar[Inputs] = "tokens"
    tokens: ClassVar[type[Vocabulary]]

    def __init__(
        self,
        *,
        name: str,
        shape: list[int],
        num_features: int,
        num_outputs: int | None,
        num_tokens: PositiveInt,
        min_count: PositiveInt = 1,
        val_fraction: Fraction | None,
        test_fraction: Fraction | None,
        split_seed: int = 0,
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            name=name,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            **variation,
        )
        if self.kind == "language" and num_outputs != num_tokens:
            raise ValueError(f"num_outputs={num_outputs} must be num_tokens={num_tokens}: any token may come next")
        self.length, self.num_tokens, self.min_count = shape[0], num_tokens, min_count

    def encoder(self) -> Vocabulary:
        """Numbers the tokens of the training part."""
        length = self.length + (self.kind == "language")
        return self.tokens(length=length, num_tokens=self.num_tokens, min_count=self.min_count)
