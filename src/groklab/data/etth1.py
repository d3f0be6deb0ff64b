"""Load and oil temperature of a transformer, from the ETT data set."""

import csv

import numpy as np

from groklab.data.series import Series, SeriesData
from groklab.data.sources import Url, fetch

_SOURCE = Url(
    "https://raw.githubusercontent.com/zhouhaoyi/ETDataset/main/ETT-small/ETTh1.csv",
    ("f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066",),
)
_MONTH = 30 * 24
_FITTED, _USED = 12 * _MONTH, 20 * _MONTH


class ETTh1(SeriesData):
    """20 months of 30 days, hourly, from July 2016: six loads and the oil temperature of a power transformer.

    As in the literature, the months after the 20th are left out, and each channel is standardized by the mean and
    the deviation (divisor n) of the first 12 months; errors are in these units. Fractions of 0.2 and 0.2 are its 12,
    4 and 4 months for training, validation and test.

    Source: Zhou et al. (2021), AAAI; borders and standardization as their Informer's code has them.
    """

    licence = "CC BY-ND 4.0"
    citation = (
        "H. Zhou, S. Zhang, J. Peng, S. Zhang, J. Li, H. Xiong and W. Zhang (2021), Informer: Beyond Efficient "
        "Transformer for Long Sequence Time-Series Forecasting, AAAI 35(12), https://doi.org/10.1609/aaai.v35i12.17325"
    )

    def series(self) -> Series:
        """Seven standardized values an hour."""
        file = fetch("ett", "ETTh1.csv", sources=[_SOURCE])
        with open(file.path, newline="") as opened:
            (_, *names), *rows = csv.reader(opened)
        values = np.array([row[1:] for row in rows[:_USED]], np.float64)
        known = values[:_FITTED]
        return Series(
            (values - known.mean(axis=0)) / known.std(axis=0),
            names,
            source=file.source,
            source_sha256=file.sha256,
            rules=[
                f"The hours after the first {_USED} are left out ({len(rows) - _USED}).",
                f"Each channel is standardized by mean and deviation of the first {_FITTED} hours.",
            ],
        )
