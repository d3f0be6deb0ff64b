"""What searches and repeated runs found, from their folders."""

from pathlib import Path

from groklab.report.json_node import Node, read_node
from groklab.report.records import Confirmed, Group, Search, Trial
from groklab.report.wording import significant


def read_searches(root: Path) -> tuple[Search, ...]:
    """Every search of one objective that came to a best trial, by name.

    Those of the pipeline leave ``searches/<name>.json``, which git has; ``multirun/`` has what else was searched here.

    Raises:
        UserError: A file of one is broken.
    """
    found: dict[str, Search] = {}
    for path in [*sorted(root.glob("searches/*.json")), *sorted(root.glob("multirun/*/search.json"))]:
        search = _search(read_node(path))
        if search is not None:
            found.setdefault(search.name, search)
    return tuple(found[name] for name in sorted(found))


def read_groups(folder: Path) -> tuple[tuple[str, str, tuple[Group, ...]], ...]:
    """Name, command and groups of every grid under ``folder`` whose configurations have several runs.

    Raises:
        UserError: A file of one is broken.
    """
    return tuple(
        (path.parent.name, _command(path.parent), tuple(_group(item) for item in read_node(path)["groups"].each()))
        for path in sorted(folder.glob("*/groups.json"))
    )


def _search(known: Node) -> Search | None:
    objectives, numbers = known["objective"].texts(), [item.whole() for item in known["best"].each()]
    trials = {item["number"].whole(): item for item in known["trials"].each()}
    if len(objectives) != 1 or not numbers or numbers[0] not in trials:
        return None
    best = trials[numbers[0]]
    value = _value(best)
    if value is None:
        return None
    states = [item["state"].text().lower() for item in trials.values()]
    command, confirmed = known.get("command"), known.get("confirmed")
    (direction,) = known["direction"].texts()
    return Search(
        name=known["search"].text(),
        command=command.text() if command else _command(known.path.parent),
        objective=objectives[0],
        minimized=direction == "minimize",
        trials=tuple(Trial(number or 0, _value(item)) for number, item in trials.items()),
        states=tuple((state, states.count(state)) for state in sorted(set(states))),
        best=numbers[0] or 0,
        value=value,
        runs=runs.texts() if (runs := best.get("runs")) else (),
        params=tuple(sorted((key, significant(item.value)) for key, item in best["params"].items())),
        importance=tuple((key, item.number() or 0.0) for key, item in shares.items())
        if (shares := known.get("importance"))
        else (),
        confirmed=_confirmed(confirmed) if confirmed and confirmed.value else None,
    )


def _value(trial: Node) -> float | None:
    values = trial.get("values")
    return values.each()[0].number() if values and values.value else None


def _confirmed(known: Node) -> Confirmed | None:
    mean, low, high, gap = (known[key].number() for key in ("mean", "low", "high", "optimism_gap"))
    number = known["n"].number()
    return None if mean is None or gap is None else Confirmed(mean, low, high, int(number or 0), gap)


def _group(known: Node) -> Group:
    monitor = known["monitor"].text()
    figures = known["metrics"][monitor]
    mean, low, high = (figures[key].number() for key in ("mean", "low", "high"))
    runs = known["runs"].texts()
    return Group(" ".join(known["varied"].texts()) or "all", monitor, mean, low, high, runs)


def _command(folder: Path) -> str:
    path = folder / "status.json"
    command = read_node(path).get("command") if path.exists() else None
    return command.text() if command else ""
