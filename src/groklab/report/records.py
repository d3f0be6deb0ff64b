"""What the report knows: frozen records, read once from files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from groklab.report.atlases import Atlas
from groklab.report.claims import Claim


@dataclass(frozen=True)
class Metrics:
    """One metrics file; a value of None is undefined, ``undefined`` says why."""

    experiment: str
    run: str
    split: str
    values: Mapping[str, float | None]
    undefined: Mapping[str, str]
    baselines: Mapping[str, Mapping[str, float | None]]
    cost: Mapping[str, float]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interval:
    """A percentile bootstrap interval of a difference of two scores on the same examples."""

    low: float
    high: float
    confidence: float
    num_examples: int
    num_resamples: int


@dataclass(frozen=True)
class Comparison:
    """The network against its best baseline on the headline metric.

    ``verdict`` is "ahead", "tie", "behind" or, without an interval, "open"; ``no_interval`` says why there
    is none.
    """

    metric: str | None
    network: float | None
    baseline: str | None
    baseline_value: float | None
    difference: float | None
    interval: Interval | None
    no_interval: str | None
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Curves:
    """The training log as columns; every series has one value per epoch, NaN where it was not logged."""

    epochs: tuple[int, ...]
    series: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Best:
    """The epoch whose weights were kept."""

    epoch: int
    monitor: str
    value: float | None


@dataclass(frozen=True)
class Status:
    """How the run went; ``command`` gives the number again."""

    run: str
    status: str
    ended: datetime | None
    command: str
    error: str | None


@dataclass(frozen=True)
class Cost:
    """What the run took; None where it was not recorded."""

    duration_s: float | None
    num_parameters: int | None
    num_steps: int | None
    num_epochs: int | None
    device: str | None


@dataclass(frozen=True)
class Picture:
    """A PNG, whole, with its size in pixels."""

    name: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Part:
    """One line of the composition: ``Optimizer: Adam(lr=0.001)``."""

    role: str
    target: str | None
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DataCard:
    """Where the data came from and what was done to it."""

    name: str
    kind: str
    shape: tuple[int, ...]
    num_outputs: int | None
    counts: Mapping[str, int]
    class_counts: Mapping[str, Mapping[str, int]] | None
    cleaning: Mapping[str, int]
    rules: tuple[str, ...]
    licence: str | None
    citation: str | None
    source: str | None
    fingerprint: str | None


@dataclass(frozen=True)
class Experiment:
    """All that is known of one experiment; ``notes`` states what is missing."""

    name: str
    metrics: Metrics | None
    comparison: Comparison
    status: Status | None
    commit: str | None
    curves: Curves | None
    best: Best | None
    cost: Cost
    parts: tuple[Part, ...]
    card: DataCard | None
    pictures: tuple[Picture, ...]
    texts: tuple[tuple[str, str], ...]
    confusions: tuple[tuple[str, str, int], ...] | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Confirmed:
    """A search's winner on seeds that the search never saw; the gap is by how much the search flattered it."""

    mean: float
    low: float | None
    high: float | None
    num_seeds: int
    gap: float


@dataclass(frozen=True)
class Trial:
    """What one trial of a search came to; None where it failed or was pruned before it had a value."""

    number: int
    value: float | None


@dataclass(frozen=True)
class Search:
    """What a search tried and found; ``runs`` are the best trial's, ``importance`` is what each parameter explains."""

    name: str
    command: str
    objective: str
    minimized: bool
    trials: tuple[Trial, ...]
    states: tuple[tuple[str, int], ...]
    best: int
    value: float
    runs: tuple[str, ...]
    params: tuple[tuple[str, str], ...]
    importance: tuple[tuple[str, float], ...]
    confirmed: Confirmed | None


@dataclass(frozen=True)
class Group:
    """One configuration of a grid on several seeds or folds: mean of what it monitors, and its 95 % interval."""

    overrides: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Every experiment, in the order of its name; searches, grids as name, command and groups, claims and atlases."""

    experiments: tuple[Experiment, ...]
    searches: tuple[Search, ...] = ()
    grids: tuple[tuple[str, str, tuple[Group, ...]], ...] = ()
    claims: tuple[Claim, ...] = ()
    atlases: tuple[Atlas, ...] = ()
