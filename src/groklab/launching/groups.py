"""Jobs of a grid that differ in seed or fold alone, taken together: what is luck, and what is merit."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.table import Table

from groklab.files import write_atomic, write_json
from groklab.interval import mean_interval
from groklab.launching.job import Ended, Request
from groklab.outcome import Outcome, Trained

GROUPS = "groups.json"
_REPEATED = ("seed", "seeds", "fold")


@dataclass(frozen=True)
class Group:
    """One configuration, on several seeds or folds.

    Args:
        overrides: Its overrides, but for seeds and folds.
        varied: Those of them that tell it from the other groups.
        runs: Its runs, each once.
    """

    overrides: tuple[str, ...]
    varied: tuple[str, ...]
    runs: tuple[Trained, ...]

    @property
    def monitor(self) -> str:
        """The metric by which the groups are ordered."""
        return self.runs[0].monitor

    def values(self, metric: str) -> list[float]:
        """Of each run."""
        return [run.measured[metric] for run in self.runs]

    @property
    def metrics(self) -> list[str]:
        """What validation measured in every run; what is monitored comes first."""
        known = set.intersection(*({*run.measured} for run in self.runs))
        others = sorted(name for name in known if name.startswith("val/") and name != self.monitor)
        return [self.monitor, *others]

    def describe(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "overrides": list(self.overrides),
            "varied": list(self.varied),
            "runs": [run.run for run in self.runs],
            "n": len(self.runs),
            "monitor": self.monitor,
            "mode": self.runs[0].mode,
            "metrics": {name: _summary(self.values(name)) for name in self.metrics},
        }


def grouped(finished: Iterable[tuple[Request, Ended]]) -> list[Group]:
    """The groups of jobs that are finished, the best first; none if no configuration has several runs."""
    members: dict[tuple[str, ...], dict[str, Trained]] = {}
    varied: dict[tuple[str, ...], tuple[str, ...]] = {}
    for request, ended in sorted(finished, key=lambda pair: pair[0].number):
        if isinstance(ended.value, Outcome):
            key = _without_repeats(request.overrides)
            varied[key] = _without_repeats(request.varied)
            members.setdefault(key, {}).update({run.run: run for run in ended.value.runs})
    groups = [Group(key, varied[key], tuple(runs.values())) for key, runs in members.items()]
    if all(len(group.runs) < 2 for group in groups):
        return []
    if len({(group.monitor, group.runs[0].mode) for group in groups}) == 1:
        sign = 1 if groups[0].runs[0].mode == "min" else -1
        groups.sort(key=lambda group: sign * fmean(group.values(group.monitor)))
    return groups


def write_groups(groups: Sequence[Group], folder: Path) -> None:
    """Write ``groups.json``; what MLflow shows of it, ``metrics.json`` of an only group, else ``plots/groups.csv``."""
    described = [group.describe() for group in groups]
    write_json(folder / GROUPS, {"multirun": folder.name, "groups": described})
    if len(groups) == 1:
        named = described[0]["metrics"].items()
        single = {
            f"{name}/{what}": known[what]
            for name, known in named
            for what in ("mean", "low", "high", "n")
            if known[what] is not None
        }
        write_json(folder / "metrics.json", {"split": "group", "metrics": single})
    else:
        write_atomic(folder / "plots" / "groups.csv", _csv(groups))


def table(groups: Sequence[Group]) -> Table:
    """The groups with their mean and its interval, for a terminal."""
    shown = Table(box=None, pad_edge=False)
    shown.add_column("", overflow="fold")
    for column in (groups[0].monitor, "95 % of the mean", "n"):
        shown.add_column(column, justify="right", no_wrap=True)
    for group in groups:
        known = _summary(group.values(group.monitor))
        within = "" if known["low"] is None else f"{known['low']:.6g} to {known['high']:.6g}"
        shown.add_row(" ".join(group.varied) or "all", f"{known['mean']:.6g}", within, str(known["n"]))
    return shown


def _without_repeats(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word.partition("=")[0].lstrip("+") not in _REPEATED)


def _summary(values: list[float]) -> dict[str, Any]:
    low, high = mean_interval(values) or (None, None)
    return {"mean": fmean(values), "low": low, "high": high, "n": len(values), "values": values}


def _csv(groups: Sequence[Group]) -> str:
    keys = list(dict.fromkeys(word.partition("=")[0] for group in groups for word in group.varied))
    metrics = list(dict.fromkeys(name for group in groups for name in group.metrics))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*keys, "n", *(f"{name}{part}" for name in metrics for part in ("", " low", " high"))])
    for group in groups:
        given = {word.partition("=")[0]: word.partition("=")[2] for word in group.varied}
        cells: list[Any] = [given.get(key, "") for key in keys]
        for name in metrics:
            known = _summary(group.values(name)) if name in group.metrics else {}
            cells += [known.get(part) for part in ("mean", "low", "high")]
        rows.writerow([*cells[: len(keys)], len(group.runs), *cells[len(keys) :]])
    return text.getvalue()
