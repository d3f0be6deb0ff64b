"""Temperature of the sea's surface, from bokeh's files."""

import csv
import gzip
import io
from datetime import datetime, timedelta

import numpy as np

from groklab.data.archives import read_member
from groklab.data.series import Series, SeriesData
from groklab.data.sources import Wheel, fetch

_WHEEL = Wheel("bokeh-sampledata", "2026.1", ("f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",))
_MEMBER = "bokeh_sampledata/_data/sea_surface_temperature.csv.gz"
_STEP = timedelta(minutes=30)


class SeaTemperature(SeriesData):
    """19,249 half-hours, February 2016 to March 2017: temperature of the sea's surface off Maine, in degrees Celsius.

    The file has one time twice and leaves out 24: the first value of a time is kept, and the times that are left out
    are missing values, so that steps are equal.

    Source: NERACOOS, station B01, Western Maine Shelf.
    """

    licence = "free to use and redistribute"
    citation = (
        "Northeastern Regional Association of Coastal Ocean Observing Systems (NERACOOS), station B01, data set "
        "B01_sbe37_all, https://data.neracoos.org/erddap/; file from bokeh-sampledata 2026.1"
    )

    def series(self) -> Series:
        """One value each half hour."""
        file = fetch("sea_temperature", "bokeh_sampledata-2026.1-py3-none-any.whl", sources=[_WHEEL])
        rows = csv.reader(io.StringIO(gzip.decompress(read_member(file.path, _MEMBER)).decode()))
        next(rows)
        seen = [(datetime.fromisoformat(time), float(value)) for time, value in rows]
        steps = np.array([(time - seen[0][0]) // _STEP for time, _ in seen])
        present, first = np.unique(steps, return_index=True)
        values = np.full((steps.max() + 1, 1), np.nan)
        values[present, 0] = np.array([value for _, value in seen])[first]
        return Series(
            values,
            ["temperature (C)"],
            source=f"{file.source}, {_MEMBER}",
            source_sha256=file.sha256,
            rules=[f"Of values at one time the first is kept, the others are removed ({len(steps) - len(present)})."],
        )
