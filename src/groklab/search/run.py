"""A search from start to end: its study, its trials, its winner on fresh seeds, its result."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.plugins import Plugins
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf
from optuna.pruners import BasePruner, NopPruner

from groklab.errors import UserError
from groklab.experiment import prepared_data
from groklab.files import digest
from groklab.identity import identity
from groklab.launching.checking import settings_of
from groklab.launching.composing import Composer
from groklab.launching.job import Request
from groklab.launching.multirun import opened, place_in
from groklab.launching.preview import slots_of, without_preview
from groklab.launching.view import View
from groklab.search.confirmation import Confirmation
from groklab.search.depth import with_own_depth
from groklab.search.parts import Samplers, build_pruner
from groklab.search.preview import checked_points, preview_search, trials_over
from groklab.search.result import Record
from groklab.search.space import Space, parse_space
from groklab.search.storage import name_values, open_storage, open_study
from groklab.search.trials import Trials


@dataclass(frozen=True)
class Keys:
    """``hydra.sweeper``; the config's dataclass says what each key means."""

    sampler: Any
    pruner: Any
    direction: Any
    objective: Any
    storage: str | None
    study_name: str | None
    n_trials: int
    n_jobs: int | None
    max_failure_rate: float
    confirm: int
    params: dict[str, Any]

    def __post_init__(self) -> None:
        for name, lowest in (("n_trials", 1), ("n_jobs", 1), ("confirm", 0)):
            value = getattr(self, name)
            if value is not None and value < lowest:
                raise UserError(f"hydra.sweeper.{name}={value}: should be at least {lowest}")
        if not 0 <= self.max_failure_rate <= 1:
            raise UserError(f"hydra.sweeper.max_failure_rate={self.max_failure_rate}: should be from 0 to 1")


def run_search(
    hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig, words: Sequence[str], **keys: Any
) -> float | None:
    """Search what ``words`` and ``hydra.sweeper.params`` span; the best value of one objective.

    Raises:
        UserError: The space, a key or the config is wrong; every trial fails; the storage cannot be opened.
        Interrupted: A signal asked to stop; the same command goes on.
    """
    words = without_preview(words)
    given: Any = OmegaConf.to_container(OmegaConf.create(keys), resolve=True)
    asked = Keys(**given)
    space = parse_space(
        ["test=false", *(f"{key}={value}" for key, value in asked.params.items()), *words, "publish=false"],
        hydra_context.config_loader,
    )
    composer = Composer(hydra_context.config_loader, config, sweep="")
    space = with_own_depth(space, composer)
    points = checked_points(space, composer) if config.preview else []
    settings = points[0].settings if points else check_space(space, composer)
    objectives, directions = _goals(asked, settings)
    samplers = Samplers(asked.sampler, space.distributions, seed=_first_seed(settings))
    pruner = build_pruner(asked.pruner)
    about = {"space": space.describe(), "fixed": list(space.fixed), "objective": objectives, "direction": directions}
    run = identity(settings, fingerprint=prepared_data(settings).card.fingerprint)
    name = asked.study_name or f"{config.name}-{digest([about, run])[:8]}"
    place_in(config, name)
    launcher: Any = Plugins.instance().instantiate_launcher(
        config=config, hydra_context=hydra_context, task_function=task_function
    )
    _check_pruner(pruner, launcher)
    n_trials = min(asked.n_trials, samplers.num_points or asked.n_trials)
    if points:
        done = None if asked.storage else trials_over(Path(str(config.hydra.sweep.dir)), name)
        num_slots = min(slots_of(launcher), asked.n_jobs or n_trials)
        confirm = asked.confirm if len(objectives) == 1 else 0
        text = preview_search(points, n_trials=n_trials, done=done, confirm=confirm, num_slots=num_slots)
        print(text)  # noqa: T201 - what was asked for
        return None
    view = View("trial", n_trials)  # a grid may have fewer points than were asked for
    shown = {"multirun": "search", **about, "n_trials": n_trials}
    with opened(launcher, config, name=name, about=shown, view=view) as multirun:
        folder = multirun.folder.path
        study = open_study(open_storage(asked.storage, folder), name, directions, pruner)
        name_values(study, objectives)
        trials = Trials(
            study,
            space,
            samplers,
            objectives=objectives,
            n_trials=n_trials,
            max_failure_rate=asked.max_failure_rate,
        )
        record = Record(folder, trials)
        multirun.run(record, limit=asked.n_jobs or _reins(launcher, samplers, trials))
        confirmation = None
        if asked.confirm and len(objectives) == 1 and trials.best_trial is not None:
            confirmation = Confirmation(trials, settings, number=asked.confirm)
            multirun.run(confirmation, limit=asked.n_jobs)
        published_as = str(config.name) if config.publish else None
        record.write(confirmation, published_as=published_as, choices=_groups(config))
    print(confirmation or trials.best, file=sys.stderr)  # noqa: T201 - what the search comes to
    print(f"search {name} FINISHED {folder / 'search.json'}")  # noqa: T201 - the program's last line
    return None if trials.best_trial is None or len(objectives) > 1 else trials.best_trial.value


def _reins(launcher: Any, samplers: Samplers, trials: Trials) -> Callable[[], int] | None:
    """How many trials may be under way of a launcher that runs many at once, where the sampler learns from them.

    Wide before the first value is known, narrow from then on.
    """
    narrow = getattr(launcher, "narrow", None)
    if narrow is None or not samplers.learns:
        return None
    wide = max(narrow, trials.n_trials // 4)
    return lambda: narrow if trials.done else wide


def check_space(space: Space, composer: Composer) -> dict[str, Any]:
    """Compose and check one job for each choice and each end of a range; the settings of the lowest corner.

    Raises:
        UserError: A key does not exist, or a value is not allowed.
    """

    def settings(params: dict[str, Any]) -> dict[str, Any]:
        varied = space.overrides(params)
        return settings_of(composer, Request(0, (*space.fixed, *varied), varied))

    first, *_ = [settings(params) for params in space.outline()]
    return first


def _goals(asked: Keys, settings: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Objectives and directions, as many of one as of the other.

    Raises:
        UserError: They are not, or a direction is none.
    """
    objectives = _list(asked.objective) or [settings["trainer"]["monitor"]]
    directions = [str(item).rpartition(".")[2].lower() for item in _list(asked.direction)]
    if not directions:
        monitored = "maximize" if settings["trainer"]["mode"] == "max" else "minimize"
        directions = [monitored if name == settings["trainer"]["monitor"] else "minimize" for name in objectives]
    if len(directions) != len(objectives) or not set(directions) <= {"minimize", "maximize"}:
        raise UserError(
            f"hydra.sweeper.direction={asked.direction}: should be minimize or maximize, one for each of "
            f"hydra.sweeper.objective={objectives}"
        )
    return objectives, directions


def _check_pruner(pruner: BasePruner, launcher: Any) -> None:
    if not hasattr(launcher, "pool") and not isinstance(pruner, NopPruner):
        raise UserError(
            f"hydra.sweeper.pruner={type(pruner).__name__}: {type(launcher).__name__} passes no values on while a "
            "trial runs; give hydra/sweeper/pruner=none, or hydra/launcher=local or ray"
        )


def _first_seed(settings: Mapping[str, Any]) -> int:
    return int(_list(settings["seed"])[0])


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _groups(config: DictConfig) -> set[str]:
    """Names of the config groups."""
    return {str(key).partition("@")[0] for key in config.hydra.runtime.choices}
