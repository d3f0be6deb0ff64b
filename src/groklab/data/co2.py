"""Carbon dioxide in the air of Mauna Loa, from statsmodels' files."""

import csv

import numpy as np

from groklab.data.series import Series, SeriesData
from groklab.data.sources import Package, fetch

_FILE = Package(
    "statsmodels",
    "statsmodels/datasets/co2/co2.csv",
    ("16695fa2786e53414e5a6b54767a3fdf5de99cfbc68617f69d1362d92776a92f",),
)


class CO2(SeriesData):
    """2,284 weeks, March 1958 to December 2001: CO2 in ppm of volume, weekly means at Mauna Loa, Hawaii.

    A season of one year on a rising trend; 59 weeks are missing, most of them before 1968.

    Source: Keeling & Whorf (2004), CDIAC, Oak Ridge.
    """

    licence = "public domain"
    citation = (
        "C. D. Keeling and T. P. Whorf (2004), Atmospheric CO2 concentrations derived from flask air samples at "
        "sites in the SIO network, in: Trends: A Compendium of Data on Global Change, CDIAC, Oak Ridge National "
        "Laboratory"
    )

    def series(self) -> Series:
        """One value a week."""
        file = fetch("co2", "co2.csv", sources=[_FILE])
        with open(file.path, newline="") as opened:
            values = [float(row["co2"] or "nan") for row in csv.DictReader(opened)]
        return Series(np.array(values)[:, None], ["CO2 (ppm)"], source=file.source, source_sha256=file.sha256)
