"""Data sets of ``conf/data``, prepared as their YAMLs say."""

from functools import cached_property

import numpy as np
import pytest
import yaml
from hydra.utils import get_class

from groklab.data.prepare import prepare
from groklab.errors import UserError
from tests.programs import ROOT

MIRROR = ROOT.parent / "shared" / "data"


class Shipped:
    """A data set, what it loads, its card and its arrays."""

    def __init__(self, name, folder):
        arguments = yaml.safe_load((ROOT / "conf" / "data" / f"{name}.yaml").read_text())
        self.set = get_class(arguments.pop("_target_"))(**arguments)
        try:
            self.card = prepare(self.set, folder)
        except UserError as error:
            if "could be had from no source" in str(error):
                pytest.skip(f"{name} cannot be fetched here: {error}")
            raise
        self.folder = folder

    @cached_property
    def raw(self):
        return self.set.load()

    def array(self, part, name):
        return np.load(self.folder / part / f"{name}.npy")

    def part_of_each(self, rows):
        """Part of each row of ``rows``, keys of examples; empty where cleaning has removed it."""
        parts = {key: part for part in self.card.counts for key in self.array(part, "keys").tolist()}
        return np.array([parts.get(key, "") for key in rows.tolist()])


def absent_only_at_end(x):
    """Whether frames that are absent (all NaN), or tokens (0), come only after those that are there."""
    absent = np.isnan(x).all(axis=2) if x.ndim == 3 else x == 0
    return bool((np.diff(absent.astype(int), axis=1) >= 0).all() and not absent[:, 0].any())
