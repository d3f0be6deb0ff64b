"""Small data sets whose rows a test gives itself."""

from typing import Any

import numpy as np

from groklab.data.dataset import DataSet, Raw


class Table(DataSet):
    """Rows given by the test; they are no constructor argument, so the config digest does not know them."""

    kind = "classification"
    licence = "CC0-1.0"
    citation = "made for a test"
    rows: Raw

    def load(self) -> Raw:
        return self.rows


class Scores(Table):
    kind = "regression"


def raw(x: Any, y: Any, **known: Any) -> Raw:
    return Raw(np.asarray(x), np.asarray(y), **{"source": "a test", "source_sha256": "0" * 64, **known})


def table(rows: Raw, *, kind: type[Table] = Table, **arguments: Any) -> Table:
    shape = list(rows.x.shape[1:])
    outputs = int(rows.y.max()) + 1 if kind is Table else 1
    made = kind(
        **{
            "name": "table",
            "shape": shape,
            "num_features": int(np.prod(shape)),
            "num_outputs": outputs,
            "val_fraction": 0.2,
            "test_fraction": 0.2,
            **arguments,
        }
    )
    made.rows = rows
    return made


def random_rows(num: int = 60, *, features: int = 3, classes: int = 2, seed: int = 0, **known: Any) -> Raw:
    x = np.random.default_rng(seed).normal(size=(num, features))
    return raw(x, np.arange(num) % classes, **known)
