"""All that is known of a multirun: what was asked for, what came of it, and its best run."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from groklab.comparing.record import Record, Section, sections_of
from groklab.files import read_json

JOBS, SEARCH = "jobs.jsonl", "search.json"


def is_multirun(folder: Path) -> bool:
    """Whether a folder is a multirun's."""
    return (folder / JOBS).is_file()


def multirun_of(folder: Path, *, root: Path) -> Record:
    """The record of a multirun's folder.

    Raises:
        UserError: A file in it cannot be read.
    """
    path = folder / SEARCH
    section, run = _search(read_json(path)) if path.is_file() else _grid(folder, root)
    best = sections_of(root / "runs" / run, root=root) if run else {}
    return Record(f"{folder}  best run {run or 'unknown'}", {"multirun": section, **best})


def _search(search: Mapping[str, Any]) -> tuple[Section, str]:
    trials = {trial["number"]: trial for trial in search["trials"]}
    states = Counter(trial["state"].lower() for trial in trials.values())
    section: Section = {f"space.{key}": text for key, text in search["space"].items()}
    section |= _words(search["fixed"])
    section |= {"objective": search["objective"], "direction": search["direction"]}
    section |= {f"trials.{state}": number for state, number in sorted(states.items())}
    winners = [trials[number] for number in search["best"]]
    if len(winners) == 1:
        section |= {f"best.{key}": value for key, value in winners[0]["params"].items()}
        section |= {"best": winners[0]["values"][0], "best.trial": winners[0]["number"]}
        section |= {f"confirmed.{key}": value for key, value in search["confirmed"].items()}
    else:
        section["front"] = sorted(winner["values"] for winner in winners)
    return section, next((winner["runs"][0] for winner in winners if winner["runs"]), "")


def _grid(folder: Path, root: Path) -> tuple[Section, str]:
    """What the words asked for; the best by what its runs monitored."""
    rows = [json.loads(line) for line in (folder / JOBS).read_text().splitlines()]
    last = {row["job"]: row for row in rows}
    states = Counter(row["status"].lower() for row in last.values())
    asked = yaml.safe_load((folder / "config.yaml").read_text())
    section = _words(asked.get("jobs", ())) | {f"jobs.{state}": number for state, number in sorted(states.items())}
    valued = [row for row in last.values() if row["value"] is not None and row["runs"]]
    if not valued:
        return section, ""
    config = yaml.safe_load((root / "runs" / valued[0]["runs"][0] / "config.yaml").read_text())
    sign = 1 if config["trainer"]["mode"] == "min" else -1
    best = min(valued, key=lambda row: sign * row["value"])
    section |= {"objective": config["trainer"]["monitor"], "best": best["value"], "best.job": best["job"]}
    shared = set.intersection(*(set(row["overrides"]) for row in last.values()))
    section |= {f"best.{key}": value for key, value in _words(w for w in best["overrides"] if w not in shared).items()}
    return section, str(best["runs"][0])


def _words(words: Any) -> Section:
    """Overrides by their keys."""
    pairs: Sequence[tuple[str, str, str]] = [str(word).partition("=") for word in words]
    return {key: value for key, _, value in pairs}
