"""What jobs would do, before any is launched: a table of what they cost, and how long they would take together."""

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from groklab.aligned import aligned
from groklab.app import log_to_standard_error
from groklab.launching.composing import Composer
from groklab.launching.foreign import foreign_slots
from groklab.launching.job import Request
from groklab.launching.trying import Row, checked_job, checked_jobs, measured

_UNITS = (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3))
RANGE = (
    "a range, from the fastest to the slowest step measured; starting, scoring and writing come on top, and nothing "
    "was launched"
)


def preview_run(settings: Mapping[str, Any]) -> str:
    """What the run of ``settings``, or its runs on several seeds, would cost.

    Raises:
        UserError: It cannot be trained.
    """
    job = checked_job(settings)
    (row,) = measured([job])
    if job.finished:
        return f"{table([row])}\nit is finished; force=true runs it again"
    return f"{table([row])}\ntraining takes {span(*row.job_s)}: {RANGE}"


def preview_grid(composer: Composer, requests: Sequence[Request], *, num_slots: int) -> str:
    """What the jobs of a grid would cost.

    Raises:
        UserError: Some are wrong: a line for each.
    """
    log_to_standard_error()
    rows = measured(checked_jobs(composer, requests))
    waiting = [row.job_s for row in rows for job in row.jobs if not job.finished]
    num_finished = len(requests) - len(waiting)
    head = f"{count(len(requests), 'job')}, {num_finished} of them finished"
    if not waiting:
        return f"{table(rows)}\n{head}: nothing is left to do"
    low, high = (on_slots(jobs_s, num_slots) for jobs_s in zip(*waiting, strict=True))
    slots = count(num_slots, "slot")
    return f"{table(rows)}\n{head}; training the other {len(waiting)} on {slots} takes {span(low, high)}: {RANGE}"


def table(rows: Sequence[Row], *, points: bool = False) -> str:
    """What the jobs of each row cost; ``points`` of a space are nothing that could be finished."""
    told = _telling([[job.words for job in row.jobs] for row in rows])
    head = ["shape", *(["points"] if points else ["jobs", "finished"]), "parameters", "steps a job", "memory"]
    lines = [[*head, "time a step", "training a job"]]
    for row, words in zip(rows, told, strict=True):
        cost = row.cost
        lines.append(
            [
                words or row.jobs[0].settings["name"],
                str(len(row.jobs)),
                *([] if points else [str(sum(job.finished for job in row.jobs))]),
                f"{cost.num_parameters:,}",
                f"{row.num_epochs * cost.num_batches:,}",
                f"{cost.memory_bytes / 2**20:,.0f} MiB",
                span(min(cost.steps_s), max(cost.steps_s)),
                span(*row.job_s),
            ]
        )
    return aligned(lines, left=1)


def _telling(rows: Sequence[Sequence[Sequence[str]]]) -> list[str]:
    """For each row the words that tell it from the others: of the keys whose values go by row."""
    by_key: dict[str, list[list[str]]] = {}
    for index, row in enumerate(rows):
        for key, _, value in (word.partition("=") for words in row for word in words):
            values = by_key.setdefault(key, [[] for _ in rows])[index]
            if value not in values:
                values.append(value)
    kept = {key: each for key, each in by_key.items() if _goes_by_row(each)}
    return [" ".join(f"{key}={','.join(each[index])}" for key, each in kept.items()) for index in range(len(rows))]


def _goes_by_row(values: Sequence[Sequence[str]]) -> bool:
    """Whether rows share either all of their values or none, and not all rows the same."""
    sets = {frozenset(each) for each in values}
    return len(sets) > 1 and sum(map(len, sets)) == len(frozenset().union(*sets))


def _key(word: str) -> str:
    return word.partition("=")[0]


def slots_of(launcher: Any) -> int:
    """Jobs at once of a launcher."""
    return int(launcher.num_slots) if hasattr(launcher, "num_slots") else foreign_slots(launcher)


def without_preview(words: Sequence[str]) -> list[str]:
    """The words of the command that is previewed."""
    return [word for word in words if _key(word) != "preview"]


def count(number: int, what: str) -> str:
    """``1 job``, ``2 jobs``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def on_slots(jobs_s: Sequence[float], number: int) -> float:
    """Seconds until the last job is over, each given to the slot that is free first."""
    free = [0.0] * number
    for job_s in jobs_s:
        heapq.heapreplace(free, free[0] + job_s)
    return max(free)


def span(low_s: float, high_s: float) -> str:
    """Two durations to two digits, each in the unit that suits it."""
    low, high = _duration(low_s), _duration(high_s)
    if low == high:
        return high
    number, unit = low.split()
    return f"{number} to {high}" if high.endswith(f" {unit}") else f"{low} to {high}"


def _duration(seconds: float) -> str:
    unit, size = next((unit for unit in _UNITS if seconds >= unit[1]), _UNITS[-1])
    value = seconds / size
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.2g} {unit}"
