"""Sunspots a year, from statsmodels' files."""

import csv

import numpy as np

from groklab.data.series import Series, SeriesData
from groklab.data.sources import Package, fetch

_FILE = Package(
    "statsmodels",
    "statsmodels/datasets/sunspots/sunspots.csv",
    ("f67889b1d9002cd5227f0e0ef54e35b419cdd85a31279adef6f73fb41e5c0a9b",),
)


class Sunspots(SeriesData):
    """309 years, 1700 to 2008: yearly mean of the sunspot number, no unit, in cycles of about 11 years.

    Source: National Geophysical Data Center, Boulder (the number of before its revision in 2015).
    """

    licence = "public domain"
    citation = "National Geophysical Data Center, Yearly sunspot numbers 1700-2008; file from statsmodels"

    def series(self) -> Series:
        """One value a year."""
        file = fetch("sunspots", "sunspots.csv", sources=[_FILE])
        with open(file.path, newline="") as opened:
            values = [float(row["SUNACTIVITY"]) for row in csv.DictReader(opened)]
        return Series(np.array(values)[:, None], ["sunspot number"], source=file.source, source_sha256=file.sha256)
