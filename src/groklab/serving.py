"""A network over texts or tables as MLflow serves it: in the user's own form, preprocessing included."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import yaml
from omegaconf import DictConfig

from groklab.assembly import build_dataset
from groklab.config.check import check_data
from groklab.config.origins import Origins
from groklab.data.card import CARD, Card
from groklab.data.encoding import ENCODER
from groklab.data.table_encoder import NamedCells, TableEncoder
from groklab.errors import UserError
from groklab.files import read_json

if TYPE_CHECKING:
    import pandas as pd


class Served:
    """Answers a table of texts (column ``text``) or of rows with the columns of the training data.

    Args:
        folder: Holds ``model.pt2``, ``config.yaml``, ``card.json`` and ``encoder.json``.

    Raises:
        UserError: A file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        config: dict[str, Any] = yaml.safe_load((folder / "config.yaml").read_text())
        self.card = Card.read(folder / CARD)
        dataset = build_dataset(check_data(DictConfig(config), Origins(folder, "config", {}, [])))
        encoder = dataset.encoder() if not self.is_table(folder) else TableEncoder()
        assert encoder is not None, "what has an encoder.json has an encoder"
        encoder.restore(read_json(folder / ENCODER))
        self.encoder = encoder
        self.model = torch.export.load(folder / "model.pt2").module()

    @staticmethod
    def is_table(folder: Path) -> bool:
        """Whether the encoder is one of columns."""
        return "columns" in read_json(folder / ENCODER)

    def predict(self, model_input: "pd.DataFrame", params: Mapping[str, Any] | None = None) -> "pd.DataFrame":
        """One row an example: the class and its probabilities, or the targets.

        Raises:
            MlflowException: A column is missing, or a cell is of another kind. Of MLflow's own kind, for the server
                answers any other with a traceback.
        """
        import pandas as pd
        from mlflow.exceptions import MlflowException

        try:
            x = self.encoder.transform(self._rows(model_input))
        except UserError as error:
            raise MlflowException.invalid_parameter_value(str(error)) from error
        with torch.inference_mode():
            outputs = self.model(torch.from_numpy(x)).double().numpy()
        if self.card.kind != "classification":
            return pd.DataFrame(outputs, columns=self.card.target_names or range(outputs.shape[1]))
        names = self.card.class_names or []
        said = pd.DataFrame(outputs, columns=[f"p({name})" for name in names])
        said.insert(0, "prediction", [names[number] for number in outputs.argmax(1)])
        return said

    def _rows(self, model_input: "pd.DataFrame") -> np.ndarray[Any, Any]:
        """The examples as the encoder takes them."""
        import pandas as pd

        rows = np.empty(len(model_input), object)
        if isinstance(self.encoder, TableEncoder):
            for number, row in enumerate(model_input.to_dict("records"), start=1):
                cells = {str(name): None if pd.isna(cell) else cell for name, cell in row.items()}
                rows[number - 1] = NamedCells(cells, file="the request", at=f"row {number}")
        elif "text" not in model_input:
            raise UserError("the request: has no column text, which the network takes; add it")
        else:
            rows[:] = [str(text) for text in model_input["text"]]
        return rows


def _load_pyfunc(path: str) -> Served:
    """What MLflow calls to load the model."""
    return Served(Path(path))
