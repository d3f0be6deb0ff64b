"""What a multirun found, in words for its page in MLflow."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from groklab.tracking.description import content_of

_MOST_ROWS = 20


def best_of(folder: Path) -> str:
    """The values of the best trial, as overrides; empty where there is no single best."""
    trial = _best(content_of(folder, "search.json"))
    return "" if trial is None else " ".join(f"{key}={value}" for key, value in trial["params"].items())


def findings(folder: Path) -> str:
    """Markdown: the best trial and how it did on fresh seeds, or the groups of a grid; empty before its end."""
    search = content_of(folder, "search.json")
    if trial := _best(search):
        return _search(search, trial)
    groups = content_of(folder, "groups.json").get("groups") or []
    return _groups(groups) if groups else ""


def _best(search: Mapping[str, Any]) -> Mapping[str, Any] | None:
    numbers = search.get("best") or []
    if len(search.get("objective") or []) != 1 or not numbers:
        return None
    return next((trial for trial in search["trials"] if trial["number"] == numbers[0]), None)


def _search(search: Mapping[str, Any], trial: Mapping[str, Any]) -> str:
    objective, states = search["objective"][0], [other["state"] for other in search["trials"]]
    counted = ", ".join(f"{states.count(state)} {state.lower()}" for state in sorted(set(states)))
    lines = [
        f"Best of {len(states)} trials ({counted}): **{objective} {trial['values'][0]:.6g}**, trial {trial['number']}."
    ]
    if known := search.get("confirmed"):
        lines.append(
            f"On {known['n']} fresh seeds: {objective} {known['mean']:.6g} "
            f"(95 % {known['low']:.6g} to {known['high']:.6g}); optimism gap {known['optimism_gap']:.3g}."
        )
    rows = [(f"`{key}`", f"`{value}`") for key, value in trial["params"].items()]
    return "\n\n".join([*lines, _table(("", "best"), rows)])


def _groups(groups: Sequence[Mapping[str, Any]]) -> str:
    monitor = groups[0]["monitor"]
    rows = []
    for group in groups[:_MOST_ROWS]:
        known = group["metrics"][monitor]
        within = "" if known["low"] is None else f"{known['low']:.6g} to {known['high']:.6g}"
        rows.append((f"`{' '.join(group['varied']) or 'all'}`", f"{known['mean']:.6g}", within, str(known["n"])))
    more = f"\n\nand {len(groups) - _MOST_ROWS} more in `groups.json`" if len(groups) > _MOST_ROWS else ""
    return _table(("", monitor, "95 % interval of the mean", "n"), rows) + more


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
