"""Forecasting data: windows of a series, split by time."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np
from jaxtyping import Float64, Shaped
from pydantic import PositiveInt

from groklab.data.dataset import DataSet, Fraction, Inputs, Raw
from groklab.data.statistics import Scales
from groklab.data.variation import Variation
from groklab.errors import UserError
from groklab.kinds import Kind

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Series:
    """Values at equal steps of time.

    Args:
        values: One column a channel, NaN where a value is missing.
        names: Of the channels.
        source: As in :class:`Raw`.
        source_sha256: As in :class:`Raw`.
        rules: What was done to the values while they were read.
    """

    values: Float64[np.ndarray, "steps channels"]
    names: Sequence[str]
    source: str
    source_sha256: str
    rules: Sequence[str] = ()


class SeriesData(DataSet):
    """Windows of a series: from ``window`` steps of every channel, the next ``horizon`` steps of the targets.

    The last ``test_fraction`` of time is tested, the ``val_fraction`` before it validated. A window belongs to the
    part in which its whole horizon lies and is left out if a border runs through its horizon, so no target is in two
    parts; its inputs may reach back into the part before, as they would on the day of the forecast. ``train_fraction``
    keeps the latest windows: some drawn at random would hold nearly all steps.

    Args:
        name: As in :class:`DataSet`, and so the rest that is not named here.
        shape: [window, channels].
        num_features: Their product.
        num_outputs: ``horizon`` times the number of target channels; targets are flattened, time before channel.
        window: Steps that are seen.
        horizon: Steps that are forecast.
        period: Steps in a season, for the seasonal baseline; 1 for none.
        num_targets: The first so many channels are forecast; ``None`` for all.
    """

    kind: Kind = "regression"
    inputs: ClassVar[Inputs] = "frames"
    loads_share: ClassVar[bool] = True

    def __init__(
        self,
        *,
        name: str,
        shape: list[int] | None,
        num_features: int | None,
        num_outputs: int | None,
        window: PositiveInt,
        horizon: PositiveInt,
        period: PositiveInt = 1,
        num_targets: PositiveInt | None = None,
        val_fraction: Fraction,
        test_fraction: Fraction,
        split_seed: int = 0,
        **variation: Unpack[Variation],
    ) -> None:
        super().__init__(
            name=name,
            shape=shape,
            num_features=num_features,
            num_outputs=num_outputs,
            val_fraction=val_fraction,
            test_fraction=test_fraction,
            split_seed=split_seed,
            **variation,
        )
        self.overlap = horizon
        self.window, self.horizon, self.period, self.num_targets = window, horizon, period, num_targets

    @abstractmethod
    def series(self) -> Series:
        """Fetch and parse the series.

        Raises:
            UserError: No source has the right bytes, or they are no series.
        """

    def borders(self, steps: int) -> tuple[int, int]:
        """The step at which validation begins, and the one at which the test begins."""
        assert self.val_fraction is not None and self.test_fraction is not None
        test = steps - round(steps * self.test_fraction)
        return test - round(steps * self.val_fraction), test

    def why_no_folds(self, raw: Raw) -> str | None:
        """The windows of two folds would hold the same steps, and training would know the future."""
        return "a series is validated on what comes after its training part"

    def load(self) -> Raw:
        """The windows."""
        series = self.series()
        filled, gaps = _without_gaps(series.values)
        values = filled.astype(np.float32)  # each value is in as many windows as a window has steps
        val, test = self.borders(len(values))
        rules = list(series.rules)
        if gaps:
            rules.append(f"Missing values between two known ones are interpolated linearly ({gaps}).")
        starts = np.arange(self.window, len(values) - self.horizon + 1)
        if min(val - self.window, test - val, len(values) - test) < self.horizon:
            raise UserError(
                f"data {self.name}: {len(values)} steps are too few for window={self.window} and "
                f"horizon={self.horizon} in each part; lower them or give a longer series"
            )
        ends = starts + self.horizon
        part = np.select([ends <= val, (starts >= val) & (ends <= test), starts >= test], ["train", "val", "test"], "")
        train = np.flatnonzero(part == "train")
        kept = max(1, round(self.train_fraction * len(train)))
        if kept < len(train):
            part[train[:-kept]] = ""
            share = f"train_fraction={self.train_fraction}"
            rules.append(f"Of the {len(train)} windows to train on, {share} keeps the latest {kept}.")
        starts, part = starts[part != ""], part[part != ""]
        seen = starts[:, None] + np.arange(-self.window, 0)
        ahead = starts[:, None] + np.arange(self.horizon)
        targets = series.names[: self.num_targets]
        return Raw(
            values[seen],
            filled[ahead][:, :, : self.num_targets].reshape(len(starts), -1),
            split=part,
            target_names=[f"{name} +{step}" for step in range(1, self.horizon + 1) for name in targets],
            source=series.source,
            source_sha256=series.source_sha256,
            rules=[*rules, "A window whose horizon crosses the border of a part is left out."],
        )

    def scaling(self, x: Shaped[np.ndarray, " examples *shape"], y: Shaped[np.ndarray, " examples *outputs"]) -> Scales:
        """That of the inputs; a target has its channel's, so that a forecast is in the unit of what is seen."""
        scales = super().scaling(x, y)
        for name in ("mean", "std"):
            (row,) = scales[f"x_{name}"] or [[]]
            scales[f"y_{name}"] = row[: self.num_targets] * self.horizon
        return scales


def _without_gaps(values: Array) -> tuple[Array, int]:
    """Values with each gap filled on the line between its ends, and how many were filled; none at the two ends."""
    known = np.isfinite(values)
    whole = np.flatnonzero(known.all(axis=1))
    if not len(whole):
        raise UserError("data: no step of the series has a value in every channel; give a longer series")
    inner = slice(whole[0], whole[-1] + 1)
    values, known = values[inner].copy(), known[inner]
    steps = np.arange(len(values))
    for channel in range(values.shape[1]):
        there = known[:, channel]
        values[:, channel] = np.interp(steps, steps[there], values[there, channel])
    return values, int((~known).sum())
