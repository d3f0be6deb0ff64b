"""Handwritten digits of 8x8 pixels, from scikit-learn's files."""

import numpy as np

from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Package, fetch

_FILE = Package(
    "scikit-learn",
    "sklearn/datasets/data/digits.csv.gz",
    ("09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",),
)


class Digits(DataSet):
    """1,797 digits of 13 writers: 8x8 counts of ink in 0..16, as float32.

    Source: Alpaydin & Kaynak (1998), UCI Machine Learning Repository; scikit-learn's copy is the test part of
        the
    original.
    """

    kind = "classification"
    licence = "CC BY 4.0"
    citation = (
        "E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
        "UCI Machine Learning Repository, https://doi.org/10.24432/C50P49"
    )

    def load(self) -> Raw:
        """Rows of 64 pixels and the digit."""
        file = fetch("digits", "digits.csv.gz", sources=[_FILE])
        rows = np.loadtxt(file.path, delimiter=",", dtype=np.float32)
        return Raw(
            rows[:, :-1].reshape(-1, 1, 8, 8),
            rows[:, -1].astype(np.int64),
            class_names=[str(digit) for digit in range(10)],
            source=file.source,
            source_sha256=file.sha256,
        )
