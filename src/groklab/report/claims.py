"""Claims and what became of them, as the files under ``claims/`` have it."""

from dataclasses import dataclass
from pathlib import Path

from groklab.report.json_node import Node, read_node
from groklab.report.wording import setting

VERDICTS = ("supported", "contradicted", "not shown")
EXPECTATIONS = ("lower", "higher", "no lower", "no higher")


@dataclass(frozen=True)
class Arm:
    """One way of training: its mean with an interval, and a value per seed, None where there was none.

    ``runs`` has one for each value, or only those that there were.
    """

    name: str
    mean: float | None
    low: float | None
    high: float | None
    values: tuple[float | None, ...]
    runs: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What was measured in every arm, and its difference between them in the unit of the metric.

    ``contrast`` weighs the arms' means; ``smallest_effect``, >= 0, is the least difference that matters;
    ``differences`` are paired by seed.
    """

    metric: str
    unit: str
    expect: str
    smallest_effect: float
    contrast: tuple[tuple[str, float], ...]
    arms: tuple[Arm, ...]
    mean: float | None
    low: float | None
    high: float | None
    confidence: float
    differences: tuple[float | None, ...]
    effect_size: float | None
    p: float | None
    p_holm: float | None
    power: float | None
    verdict: str
    more_seeds: int | None

    @property
    def sign(self) -> int:
        """1 where the claim lies in higher values, -1 where in lower ones."""
        return 1 if self.expect in ("higher", "no lower") else -1

    @property
    def threshold(self) -> float:
        """The difference that the claim must reach, or, of a claim that nothing is lost, must not fall behind."""
        return (-1 if self.expect.startswith("no ") else 1) * self.sign * self.smallest_effect


@dataclass(frozen=True)
class Setting:
    """How an arm was configured: ``tuned`` is what its own tuning chose; ``baseline`` what stands for a network."""

    name: str
    baseline: str | None
    overrides: tuple[str, ...]
    tuned: tuple[tuple[str, str], ...]
    command: str


@dataclass(frozen=True)
class Tuning:
    """The budget that every arm had alike; ``params``: what was tried of each key, with the arm where arms differ."""

    params: tuple[tuple[str, str], ...]
    trials_per_arm: int | None
    num_seeds: int | None
    chosen_by: str


@dataclass(frozen=True)
class Claim:
    """An assertion and its verdict; ``flags`` is what the confound check noted."""

    name: str
    statement: str
    section: str
    verdict: str
    sentence: str
    more_seeds: int | None
    outcomes: tuple[Outcome, ...]
    seeds: tuple[str, ...]
    base: tuple[str, ...]
    settings: tuple[Setting, ...]
    tuning: Tuning | None
    flags: tuple[str, ...]
    command: str
    num_runs: int | None
    duration_s: float | None


def read_claims(folder: Path) -> tuple[Claim, ...]:
    """Every claim under ``folder``, by file name; none where there is no such folder.

    Raises:
        UserError: a file is not JSON, or a part of it is missing or of the wrong kind.
    """
    return tuple(_claim(read_node(path)) for path in sorted(folder.glob("*.json")))


def _claim(known: Node) -> Claim:
    tuning, cost, more = known.get("tuning"), known.get("cost"), known.get("more_seeds")
    num_runs = cost.get("runs") if cost else None
    duration = cost.get("duration_s") if cost else None
    return Claim(
        name=known["claim"].text(),
        statement=known["statement"].text(),
        section=known["section"].text(),
        verdict=known["verdict"].text(VERDICTS),
        sentence=known["sentence"].text(),
        more_seeds=more.whole() if more else None,
        outcomes=tuple(_outcome(item) for item in known["outcomes"].each()),
        seeds=tuple(str(item.value) for item in known["seeds"].each()),
        base=known["base"].texts(),
        settings=tuple(_setting(name, item) for name, item in known["arms"].items()),
        tuning=_tuning(tuning) if tuning and tuning.value and tuning["seeds"].value else None,
        flags=known["flags"].texts(),
        command=known["command"].text(),
        num_runs=num_runs.whole() if num_runs else None,
        duration_s=duration.number() if duration else None,
    )


def _outcome(known: Node) -> Outcome:
    difference, more = known["difference"], known.get("more_seeds")
    smallest = known["smallest_effect"].number()
    effect_size, p, p_holm, power = (
        item.number() if (item := known.get(key)) else None for key in ("effect_size", "p", "p_holm", "power")
    )
    return Outcome(
        metric=known["metric"].text(),
        unit=known["unit"].text(),
        expect=known["expect"].text(EXPECTATIONS),
        smallest_effect=abs(smallest or 0.0),
        contrast=tuple((name, item.number() or 0.0) for name, item in known["contrast"].items()),
        arms=tuple(_arm(name, item) for name, item in known["arms"].items()),
        mean=difference["mean"].number(),
        low=difference["low"].number(),
        high=difference["high"].number(),
        confidence=difference["confidence"].number() or 0.95,
        differences=difference["values"].numbers(),
        effect_size=effect_size,
        p=p,
        p_holm=p_holm,
        power=power,
        verdict=known["verdict"].text(VERDICTS),
        more_seeds=more.whole() if more else None,
    )


def _arm(name: str, known: Node) -> Arm:
    mean, low, high = (known[key].number() for key in ("mean", "low", "high"))
    return Arm(name, mean, low, high, known["values"].numbers(), known["runs"].texts())


def _setting(name: str, known: Node) -> Setting:
    tuned = known.get("tuned")
    chosen = tuple((key, setting(item.value)) for key, item in tuned.items()) if tuned else ()
    baseline = known.get("baseline")
    return Setting(
        name, baseline.text() if baseline else None, known["overrides"].texts(), chosen, known["command"].text()
    )


def _tuning(known: Node) -> Tuning:
    trials, seeds = (known[key].whole() for key in ("trials_per_arm", "seeds"))
    return Tuning(_tried(known["params"]), trials, seeds, known["chosen_by"].text())


def _tried(known: Node) -> tuple[tuple[str, str], ...]:
    """Of every arm, or of each by its name; what all of them tried alike is said once."""
    if not all(isinstance(item.value, dict) for _, item in known.items()):
        return tuple((key, setting(item.value)) for key, item in known.items())
    by_arm = {arm: tuple((key, setting(tried.value)) for key, tried in item.items()) for arm, item in known.items()}
    if len(set(by_arm.values())) == 1:
        return next(iter(by_arm.values()))
    return tuple((f"{arm}: {key}", tried) for arm, pairs in by_arm.items() for key, tried in pairs)
