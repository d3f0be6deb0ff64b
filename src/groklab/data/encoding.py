"""What an encoder is: texts or table rows to numbers, by what was seen in the training part."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from jaxtyping import Shaped

ENCODER = "encoder.json"


class Encoder(ABC):
    """Fitted to the training part alone; kept with the prepared data and with every model trained on them."""

    @abstractmethod
    def fit(self, x: Shaped[np.ndarray, " examples"]) -> None:
        """See the training part.

        Raises:
            UserError: There is nothing to learn from.
        """

    @abstractmethod
    def transform(self, x: Shaped[np.ndarray, " examples"]) -> Shaped[np.ndarray, " examples *shape"]:
        """Numbers (float32) or tokens (int32, 0 where there is none) of each example.

        Raises:
            UserError: An example is not of the form that was fitted.
        """

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What was learnt, as plain JSON."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Take up what ``state`` gave."""

    def rules(self, x: Shaped[np.ndarray, " examples"]) -> list[str]:
        """What was done to the examples of all parts, in words, as the data card states it."""
        return []

    def feature_names(self) -> list[str] | None:
        """Names of the columns that come out, if they have any."""
        return None
