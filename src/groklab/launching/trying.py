"""Jobs that are not launched yet: which are wrong, which are finished, what one of each shape costs."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from groklab.errors import UserError, UserErrors
from groklab.experiment import prepared_data
from groklab.identity import identity
from groklab.launching.checking import settings_of
from groklab.launching.composing import Composer
from groklab.launching.job import Request
from groklab.launching.measuring import Cost, measure
from groklab.launching.shapes import shape_of
from groklab.repeats import repeats_of
from groklab.run_folder import RUNS, RunFolder

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """A job that composes.

    Args:
        words: What tells it from the others.
        settings: Its config, resolved and checked.
        num_runs: One for each of its seeds and folds.
        finished: Whether all of them are trained already.
    """

    words: tuple[str, ...]
    settings: Mapping[str, Any]
    num_runs: int
    finished: bool


@dataclass(frozen=True)
class Row:
    """Jobs that cost the same."""

    jobs: list[Checked]
    cost: Cost

    @property
    def num_epochs(self) -> int:
        """Of all runs of a job, at most: some stop early."""
        job = self.jobs[0]
        trainer = job.settings["trainer"]
        return job.num_runs * (1 if trainer["fast_dev_run"] else int(trainer["max_epochs"]))

    @property
    def job_s(self) -> tuple[float, float]:
        """Seconds that a job trains, if all its steps were as the fastest, or as the slowest, of those measured."""
        steps_s = self.cost.steps_s
        return self.num_epochs * self.cost.epoch_s(min(steps_s)), self.num_epochs * self.cost.epoch_s(max(steps_s))


def checked_jobs(composer: Composer, requests: Sequence[Request]) -> list[Checked]:
    """Every job, composed and checked.

    Raises:
        UserError: Some are wrong: a line for each.
    """
    jobs, refused = [], []
    for request in requests:
        try:
            jobs.append(checked_job(settings_of(composer, request), request.varied))
        except UserError as error:
            refused.append((request.varied, str(error)))
    _refuse(refused, "refused", len(requests))
    return jobs


def checked_job(settings: Mapping[str, Any], words: Sequence[str] = ()) -> Checked:
    """A job from its settings."""
    runs = repeats_of(settings)
    ids = [identity(run, fingerprint=prepared_data(run).card.fingerprint) for run in runs]
    finished = [RunFolder(RUNS, run).finished for run in ids]
    return Checked(tuple(words), settings, len(runs), all(finished) and not settings["force"])


def measured(jobs: Sequence[Checked]) -> list[Row]:
    """The jobs by what they cost; one of each shape is tried.

    Raises:
        UserError: A shape cannot be trained: a line for each of its jobs.
    """
    alike: dict[tuple[str, int, int], list[Checked]] = {}
    for job in jobs:
        key = (shape_of(job.settings), int(job.settings["trainer"]["max_epochs"]), job.num_runs)
        alike.setdefault(key, []).append(job)
    costs: dict[str, Cost | UserError] = {}
    for (shape, *_), group in alike.items():
        if shape not in costs:
            costs[shape] = _tried(group[0])
    rows, refused = [], []
    for (shape, *_), group in alike.items():
        cost = costs[shape]
        if isinstance(cost, Cost):
            rows.append(Row(group, cost))
        else:
            refused += [(job.words, str(cost)) for job in group]
    _refuse(refused, "fail at their first steps", len(jobs))
    return rows


def _tried(job: Checked) -> Cost | UserError:
    _log.info("trying %s", " ".join(job.words) or job.settings["name"])
    try:
        return measure(repeats_of(job.settings)[0])
    except UserError as error:
        return error


def _refuse(refused: Sequence[tuple[Sequence[str], str]], how: str, number: int) -> None:
    if refused and number == 1:
        raise UserError(refused[0][1])
    if refused:
        lines = [f"{' '.join(words)}: {error}" for words, error in refused]
        raise UserErrors(f"{len(refused)} of {number} jobs {how}:", lines)
