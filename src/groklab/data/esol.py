"""Solubility of organic molecules, Delaney's ESOL."""

import csv

import numpy as np

from groklab.data.dataset import Raw
from groklab.data.sources import Url, fetch
from groklab.data.texts import TextData
from groklab.data.vocabulary import Characters

_SOURCE = Url(
    "https://deepchemdata.s3-us-west-1.amazonaws.com/datasets/delaney-processed.csv",
    ("8c06a76f0c6487d29ab0f903e6a7a7139f189ab3c1178f159c8be8964602f189",),
)
_TARGET = "measured log solubility in mols per litre"


class ESOL(TextData):
    """1,128 molecules, as the characters of their SMILES, and log10 of the solubility of each in water, in mol/l.

    Parts are drawn at random, as in MoleculeNet. Some molecules were measured twice, and are in one part.

    Source: Delaney (2004), J. Chem. Inf. Comput. Sci. 44(3); DeepChem's copy.
    """

    kind = "regression"
    tokens = Characters
    licence = "none stated"
    citation = (
        "J. S. Delaney (2004), ESOL: Estimating Aqueous Solubility Directly from Molecular Structure, Journal of "
        "Chemical Information and Computer Sciences 44(3), https://doi.org/10.1021/ci034243x"
    )

    def load(self) -> Raw:
        """SMILES and log solubility."""
        file = fetch("molecules", "delaney-processed.csv", sources=[_SOURCE])
        with open(file.path, newline="") as opened:
            rows = list(csv.DictReader(opened))
        return Raw(
            np.array([row["smiles"].strip() for row in rows], dtype=object),
            np.array([float(row[_TARGET]) for row in rows]),
            target_names=["log10 solubility (mol/l)"],
            source=file.source,
            source_sha256=file.sha256,
        )
