"""What a search would do, before it is launched."""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import optuna
from optuna.samplers import RandomSampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from groklab.app import log_to_standard_error
from groklab.launching.composing import Composer
from groklab.launching.job import Request
from groklab.launching.preview import RANGE, count, span, table
from groklab.launching.trying import Checked, checked_jobs, measured
from groklab.search.space import Space
from groklab.search.storage import JOURNAL
from groklab.search.trials import is_final

_NUM_RANDOM = 8


def checked_points(space: Space, composer: Composer) -> list[Checked]:
    """The outline of the space and some random points of it, composed and checked; the lowest corner first.

    Raises:
        UserError: Some are wrong: a line for each.
    """
    log_to_standard_error()
    optuna.logging.disable_default_handler()
    study = optuna.create_study(sampler=RandomSampler(seed=0))
    drawn = [study.ask(space.distributions).params for _ in range(_NUM_RANDOM)]
    words = [space.overrides(params) for params in [*space.outline(), *drawn]]
    return checked_jobs(composer, [Request(0, (*space.fixed, *varied), varied) for varied in words])


def preview_search(points: Sequence[Checked], *, n_trials: int, done: int | None, confirm: int, num_slots: int) -> str:
    """What the trials would cost, if they were like the random points.

    Args:
        points: As :func:`checked_points` gives them.
        n_trials: The total.
        done: Of them over already; None where that was not asked.
        confirm: Fresh seeds for the winner.
        num_slots: Trials at once.
    """
    rows = measured(points)
    spans = {id(job): row.job_s for row in rows for job in row.jobs}
    low, high = (fmean(each) for each in zip(*(spans[id(job)] for job in points[-_NUM_RANDOM:]), strict=True))
    left = max(n_trials - (done or 0), 0)
    rounds = -(-left // num_slots) + -(-confirm // num_slots)
    head = count(n_trials, "trial") + ("" if done is None else f", {done} of them over")
    head += f", and {count(confirm, 'fresh seed')} of the winner" if confirm else ""
    return (
        f"{table(rows, points=True)}\n{head}; if trials are like the random points, the search trains "
        f"{span(rounds * low, rounds * high)} on {count(num_slots, 'slot')}: {RANGE}"
    )


def trials_over(folder: Path, name: str) -> int:
    """Trials of the study in ``folder`` that are over; 0 where there is none."""
    journal = folder / JOURNAL
    if not journal.exists():
        return 0
    storage = JournalStorage(JournalFileBackend(str(journal)))
    trials = optuna.load_study(study_name=name, storage=storage).get_trials(deepcopy=False)
    return sum(map(is_final, trials))
