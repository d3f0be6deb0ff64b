"""Progression of diabetes after one year, from scikit-learn's files."""

import numpy as np

from groklab.data.dataset import DataSet, Raw
from groklab.data.sources import Package, fetch

_FEATURES_FILE = Package(
    "scikit-learn",
    "sklearn/datasets/data/diabetes_data_raw.csv.gz",
    (  # releases up to 1.7 print the same numbers with more digits; as float32 they are equal
        "7fc0ded571454b1982210d3bb43f0aca44eae01a0b8654a3b24022bdb6b38009",
        "a3e94cc7cea00f8a84fa5f6345203913a68efa42df18f87ddf9bead721bfd503",
    ),
)
_TARGET_FILE = Package(
    "scikit-learn",
    "sklearn/datasets/data/diabetes_target.csv.gz",
    ("8e53f65eb811df43c206f3534bb3af0e5fed213bc37ed6ba36310157d6023803",),
)


class Diabetes(DataSet):
    """442 patients: 10 measurements in their own units, a score of the disease's progression a year later.

    Age in years, sex as 1 or 2, body mass index in kg/m2, mean blood pressure in mmHg, six blood serum
    values.

    Source: Efron, Hastie, Johnstone & Tibshirani (2004), Annals of Statistics 32(2), section 1.
    """

    kind = "regression"
    licence = "none stated; distributed with scikit-learn (BSD-3-Clause)"
    citation = (
        "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani (2004), Least angle regression, "
        "Annals of Statistics 32(2), https://doi.org/10.1214/009053604000000067"
    )

    def load(self) -> Raw:
        """Rows of 10 measurements, and the scores."""
        x = fetch("diabetes", "diabetes_data_raw.csv.gz", sources=[_FEATURES_FILE])
        y = fetch("diabetes", "diabetes_target.csv.gz", sources=[_TARGET_FILE])
        return Raw(
            np.loadtxt(x.path),
            np.loadtxt(y.path),
            feature_names=["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
            target_names=["progression"],
            source=f"{x.source}; {y.source}",
            source_sha256=f"{x.sha256}, {y.sha256}",
        )
