"""Measurements of cell nuclei, benign or malignant, from scikit-learn's files."""

import numpy as np

from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Package, fetch

_FILE = Package(
    "scikit-learn",
    "sklearn/datasets/data/breast_cancer.csv",
    ("fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",),
)
_MEASURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
_FEATURES = [
    *(f"mean {measure}" for measure in _MEASURES),
    *(f"{measure} error" for measure in _MEASURES),
    *(f"worst {measure}" for measure in _MEASURES),
]


class BreastCancer(DataSet):
    """569 tumours: 10 measures of cell nuclei, each as mean, standard error and mean of the three largest.

    Source: Street, Wolberg & Mangasarian (1993), Proc. SPIE 1905; UCI "Breast Cancer Wisconsin (Diagnostic)".
    """

    kind = "classification"
    licence = "CC BY 4.0"
    citation = (
        "W. Wolberg, O. Mangasarian and W. N. Street (1993), Breast Cancer Wisconsin (Diagnostic), "
        "UCI Machine Learning Repository, https://doi.org/10.24432/C5DW2B"
    )

    def load(self) -> Raw:
        """Rows of 30 measurements and the class."""
        file = fetch("breast_cancer", "breast_cancer.csv", sources=[_FILE])
        rows = np.loadtxt(file.path, delimiter=",", skiprows=1)  # the first line holds counts and class names
        return Raw(
            rows[:, :-1],
            rows[:, -1].astype(np.int64),
            class_names=["malignant", "benign"],
            feature_names=_FEATURES,
            source=file.source,
            source_sha256=file.sha256,
        )
