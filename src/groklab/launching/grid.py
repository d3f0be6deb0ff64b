"""Every combination of some values, each a job."""

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.core.plugins import Plugins
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig
from rich.console import Console

from groklab.errors import UserError
from groklab.files import digest
from groklab.launching.composing import Composer
from groklab.launching.groups import Group, grouped, table, write_groups
from groklab.launching.job import Ended, Request
from groklab.launching.multirun import Multirun, opened, place_in
from groklab.launching.preview import preview_grid, slots_of, without_preview
from groklab.launching.view import View

_ATTEMPTS = 3


def combinations(words: Sequence[str], loader: Any, *, seed: Any = 0, seeds: int = 1) -> list[Request]:
    """The jobs of a grid, in the order of Hydra's basic sweeper: the last word varies fastest.

    Args:
        words: Overrides, each with one value or several.
        loader: Hydra's loader of the program's config.
        seed: The first one, where no word gives it.
        seeds: How many, from each first one on: jobs of their own, which fill the slots.

    Raises:
        UserError: A range has no single values.
    """
    options: dict[str, list[str]] = {}
    for override in OverridesParser.create(config_loader=loader).parse_overrides(list(words)):
        options[override.get_key_element()] = _values(override)
    several = any(len(options.get(key, ())) > 1 for key in ("seeds", "experiment"))  # each job then knows its own
    if seeds > 1 and not several:
        options |= _counted(options.get("seed", [f"seed={seed}"]), seeds)
    jobs = enumerate(itertools.product(*options.values()))
    varied = [len(values) > 1 for values in options.values()]
    return [Request(number, job, tuple(itertools.compress(job, varied))) for number, job in jobs]


def _counted(first: Sequence[str], number: int) -> dict[str, list[str]]:
    """``number`` seeds from each first one on; a list of seeds is none to count from, and the job will say so."""
    starts = [word.partition("=")[2] for word in first]
    if not all(start.isdecimal() for start in starts):
        return {}
    counted = dict.fromkeys(f"seed={int(start) + more}" for start in starts for more in range(number))
    return {"seed": list(counted), "seeds": ["seeds=1"]}


def _values(override: Override) -> list[str]:
    key = override.get_key_element()
    if not override.is_sweep_override():
        return (
            [override.input_line or key] if override.is_delete() else [f"{key}={override.get_value_element_as_str()}"]
        )
    if not override.is_discrete_sweep():
        raise UserError(
            f"command line: {override.input_line}: an interval has no single values to combine; "
            "list them, or search it with hydra/sweeper=optuna"
        )
    return [f"{key}={value}" for value in override.sweep_string_iterator()]


class Grid:
    """Hands out the jobs of a grid; one that was killed from outside is tried again, from its checkpoint.

    Args:
        jobs: Each of them.
        before: Jobs of the multirun that were over before.
    """

    def __init__(self, jobs: Sequence[Request], *, before: int = 0) -> None:
        self._waiting, self._before = list(jobs), before
        self._attempts: Counter[int] = Counter()
        self.failed: list[tuple[Request, Ended]] = []
        self.finished: list[tuple[Request, Ended]] = []

    @property
    def done(self) -> int:
        """Jobs that are over for good."""
        return self._before + len(self.failed) + len(self.finished)

    @property
    def best(self) -> str:
        """A grid has no best."""
        return ""

    def ask(self) -> Request | None:
        """The next job."""
        return self._waiting.pop(0) if self._waiting else None

    def told(self, request: Request, ended: Ended) -> str:
        """Take a job's end."""
        self._attempts[request.number] += 1
        if ended.status == "FINISHED":
            self.finished.append((request, ended))
            before = " (it was finished before)" if getattr(ended.value, "found", False) else ""
            return f"{float(ended.value):.6g}  {' '.join(request.varied)}{before}"
        if ended.status == "KILLED" and self._attempts[request.number] < _ATTEMPTS:
            self._waiting.insert(0, request)
            return f"{ended.error}; it is tried again"
        self.failed.append((request, ended))
        return f"{ended.error}  {' '.join(request.varied)}"


def run_grid(hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig, words: list[str]) -> None:
    """Run every combination of ``words``.

    Raises:
        UserError: At least one job failed; the others are finished.
        Interrupted: A signal asked to stop.
    """
    words = without_preview(words)
    jobs = combinations(words, hydra_context.config_loader, seed=config.seed, seeds=config.seeds)
    name = f"{config.name}-{digest(sorted(words))[:8]}"
    place_in(config, name)
    launcher = Plugins.instance().instantiate_launcher(
        config=config, hydra_context=hydra_context, task_function=task_function
    )
    if config.preview:
        composer = Composer(hydra_context.config_loader, config, sweep=name)
        print(preview_grid(composer, jobs, num_slots=slots_of(launcher)))  # noqa: T201 - what was asked for
        return
    grid = Grid(jobs)
    view = View("job", len(jobs))
    groups: list[Group] = []
    try:
        with opened(launcher, config, name=name, about={"multirun": "grid", "jobs": words}, view=view) as multirun:
            multirun.run(grid)
            groups = grouped(grid.finished)
            if groups:
                write_groups(groups, multirun.folder.path)
            _refuse_failures(grid, multirun)
    finally:
        if groups:
            Console(stderr=True).print(table(groups))


def _refuse_failures(grid: Grid, multirun: Multirun) -> None:
    if grid.failed:
        request, ended = grid.failed[0]
        raise UserError(
            f"job {request.number} ({' '.join(request.varied)}): {ended.error}; {len(grid.failed)} of "
            f"{grid.done} failed, see {multirun.folder.path}/{request.number}/job.log; "
            "the same command runs those again"
        )
