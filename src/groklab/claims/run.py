"""A claim from start to end: its arms tuned alike, then compared on fresh seeds."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from hydra.core.plugins import Plugins
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf

from groklab.claims.confounds import notes, refuse_hidden_differences, unequal_costs
from groklab.claims.definition import Claim, read_claim
from groklab.claims.evidence import Values, evidence
from groklab.claims.jobs import Jobs
from groklab.claims.measures import Measured, baseline_score, higher_is_better, measure
from groklab.claims.verdict import judged
from groklab.errors import UserError
from groklab.files import digest, read_json, write_json
from groklab.launching.checking import settings_of
from groklab.launching.composing import Composer
from groklab.launching.grid import Grid
from groklab.launching.job import Request
from groklab.launching.multirun import Multirun, command_of_multirun, opened, place_in
from groklab.launching.preview import preview_grid, slots_of, without_preview
from groklab.launching.view import View
from groklab.run_folder import RUNS

EVIDENCE = Path("evidence")
Point = Mapping[str, Any]


def run_claim(
    hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig, words: Sequence[str], **keys: Any
) -> None:
    """Decide the claim that ``hydra.sweeper`` describes.

    Raises:
        UserError: The claim or its config is wrong, or no trial of an arm came to its end.
        Interrupted: A signal asked to stop; the same command goes on.
    """
    words = without_preview([word for word in words if word.partition("=")[0] != "publish"])
    claim = read_claim(OmegaConf.to_container(OmegaConf.create(keys), resolve=True))  # type: ignore[arg-type]
    jobs = Jobs(claim, words, first_seed=config.seed)
    composer = Composer(hydra_context.config_loader, config, sweep="")
    settings = {name: _settings(composer, jobs, name, claim.points(name)[0]) for name in claim.arms}
    refuse_hidden_differences(claim, settings)
    name = f"{config.name}-{digest([claim.model_dump(), sorted(words), config.seed])[:8]}"
    place_in(config, name)
    launcher: Any = Plugins.instance().instantiate_launcher(
        config=config, hydra_context=hydra_context, task_function=task_function
    )
    trials = jobs.trials() if jobs.tuned else {}
    first = {arm: claim.points(arm)[0] for arm in claim.arms}
    asked = [*trials.values(), *jobs.comparison(first, first=len(trials)).values()]
    if config.preview:
        print(preview_grid(composer, asked, num_slots=slots_of(launcher)))  # noqa: T201 - what was asked for
        return
    started = time.monotonic()
    about = {"multirun": "claim", **claim.model_dump(mode="json")}
    with opened(launcher, config, name=name, about=about, view=View("job", len(asked))) as multirun:
        deciding = _Deciding(claim, jobs, multirun, settings)
        chosen = deciding.tune(trials) if trials else first
        values, flags = deciding.compare(chosen, first=len(trials))
        record = evidence(
            str(config.name),
            claim,
            jobs,
            values=values,
            chosen=chosen,
            flags=[*flags, *notes(claim, settings, chosen)],
            command=command_of_multirun(config),
            duration_s=time.monotonic() - started,
            num_runs=len(asked),
        )
        folder = multirun.folder.path
        write_json(folder / "claim.json", record)
        if config.publish:
            write_json(EVIDENCE / f"{config.name}.json", record)
        (alone,) = judged([record])
        write_json(folder / "metrics.json", {"split": "claim", "metrics": _numbers(alone)})
    print(f"{alone['verdict']}: {alone['sentence']}", file=sys.stderr)  # noqa: T201 - what it comes to
    print(f"claim {config.name} FINISHED {folder / 'claim.json'}")  # noqa: T201 - the program's last line


class _Deciding:
    def __init__(self, claim: Claim, jobs: Jobs, multirun: Multirun, settings: Mapping[str, Mapping[str, Any]]) -> None:
        self.claim, self.jobs, self.multirun, self.settings = claim, jobs, multirun, settings

    def tune(self, trials: Mapping[tuple[str, int, int], Request]) -> dict[str, Point]:
        """The best combination of each arm, by the mean over the trials' seeds; equals by what is monitored."""
        runs = self._finished(trials)
        trainer = next(iter(self.settings.values()))["trainer"]
        metric = self.claim.chosen_by or trainer["monitor"]
        second = 1 if trainer["mode"] == "max" else -1
        sign = (1 if higher_is_better(metric) else -1) if self.claim.chosen_by else second
        chosen: dict[str, Point] = {}
        for name, arm in self.claim.arms.items():
            points = self.claim.points(name)
            found: list[tuple[float, float, int]] = []
            for number, point in enumerate(points):
                names = [runs.get((name, number, seed)) for seed in self.jobs.tune_seeds]
                if arm.baseline:
                    values = [self._baseline(name, point, seed, metric) for seed in self.jobs.tune_seeds]
                    others: list[float | None] = [0.0]
                else:
                    values = [measure(RUNS / run, metric).value if run else None for run in names]
                    others = [measure(RUNS / run, trainer["monitor"]).value if run else None for run in names]
                if None not in (*values, *others):
                    found.append((sign * _mean(values), second * _mean(others), -number))
            if not found:
                raise UserError(
                    f"arm {name}: no combination came to its end on every seed; see {self.multirun.folder.path}"
                )
            chosen[name] = points[-max(found)[2]]
        return chosen

    def compare(self, chosen: Mapping[str, Point], *, first: int) -> tuple[Values, list[str]]:
        """Each outcome of each arm on each fresh seed, with the runs; and what should be known of them."""
        runs = self._finished(self.jobs.comparison(chosen, first=first))
        values: Values = {}
        for name, arm in self.claim.arms.items():
            for seed in self.jobs.seeds:
                run = runs.get((name, seed))
                for number, outcome in enumerate(self.claim.outcomes):
                    if arm.baseline:
                        found = Measured(self._baseline(name, chosen[name], seed, outcome.metric))
                    else:
                        found = measure(RUNS / run, outcome.metric) if run else Measured(None)
                    values[name, seed, number] = (run, found)
        costs = {
            name: {
                seed: read_json(RUNS / run / "cost.json") for seed in self.jobs.seeds if (run := runs.get((name, seed)))
            }
            for name in self.claim.networks
        }
        return values, [*unequal_costs(self.claim, costs), *self._lost(runs), *self._censored(values)]

    def _finished(self, requests: Mapping[Any, Request]) -> dict[Any, str]:
        """The run of each job that came to its end."""
        grid = Grid(list(requests.values()), before=min((request.number for request in requests.values()), default=0))
        self.multirun.run(grid)
        if grid.failed and not grid.finished:
            raise UserError(
                f"all {len(grid.failed)} runs failed, the first with: {grid.failed[0][1].error}; "
                f"see {self.multirun.folder.path}"
            )
        ended = {request.number: end.runs[-1] for request, end in grid.finished}
        return {key: ended[request.number] for key, request in requests.items() if request.number in ended}

    def _baseline(self, arm: str, point: Point, seed: int, metric: str) -> float | None:
        name = self.claim.arms[arm].baseline
        assert name is not None
        return baseline_score(_settings(self.multirun.composer, self.jobs, arm, point, seed), name, metric)

    def _lost(self, runs: Mapping[Any, str]) -> list[str]:
        lost = {name: sum((name, seed) not in runs for seed in self.jobs.seeds) for name in self.claim.networks}
        return [
            f"{number} of {len(self.jobs.seeds)} runs of {name} failed; their pairs are left out."
            for name, number in lost.items()
            if number
        ]

    def _censored(self, values: Values) -> list[str]:
        flags = []
        for number, outcome in enumerate(self.claim.outcomes):
            for name in self.claim.arms:
                short = sum(values[name, seed, number][1].censored for seed in self.jobs.seeds)
                if short:
                    told = f"{short} of {len(self.jobs.seeds)} runs of {name} ended before ({outcome.metric})"
                    flags.append(f"{told}: they count with the steps they had, which are too few.")
        return flags


def _mean(values: Sequence[float | None]) -> float:
    return fmean(value for value in values if value is not None)


def _settings(composer: Composer, jobs: Jobs, arm: str, point: Point, seed: int | None = None) -> dict[str, Any]:
    overrides = jobs.overrides(arm, point, jobs.seeds[0] if seed is None else seed)
    return settings_of(composer, Request(0, overrides, jobs.words_of(arm, point)))


def _numbers(record: Mapping[str, Any]) -> dict[str, float]:
    """What MLflow shows of a claim: differences with their intervals, by number of the outcome."""
    return {
        f"outcome_{number}/{name}": value
        for number, outcome in enumerate(record["outcomes"])
        for name, value in (*outcome["difference"].items(), ("p", outcome["p"]))
        if name in ("mean", "low", "high", "p") and value is not None
    }
