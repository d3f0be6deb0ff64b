"""Numbers in the data's units."""

from typing import Any

from numpy.typing import NDArray

from groklab.answering.answering import Answering, Rows
from groklab.answering.trained import Trained, in_batches
from groklab.data.prepared import Arrays


class Regression(Answering):
    """Outputs are values [n, targets]."""

    kind = "regression"

    def outputs(self, run: Trained, arrays: Arrays) -> NDArray[Any]:
        """Values."""
        return in_batches(run.model, arrays.x)

    def rows(self, run: Trained, x: NDArray[Any], names: list[str]) -> Rows:
        """A column a target."""
        said = in_batches(run.model, x).tolist()
        known = run.prepared.card.target_names or (
            ["prediction"] if len(said[0]) == 1 else [str(number) for number in range(len(said[0]))]
        )
        return [
            {"example": name, **dict(zip(known, output, strict=True))} for name, output in zip(names, said, strict=True)
        ]
