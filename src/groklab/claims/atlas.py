"""An atlas: a metric over all combinations of some factors, each on several seeds."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

from hydra.core.plugins import Plugins
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, OmegaConf
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from groklab.claims.jobs import text
from groklab.claims.measures import known_metric, measure
from groklab.errors import UserError
from groklab.files import digest, write_json
from groklab.interval import mean_interval
from groklab.launching.composing import Composer
from groklab.launching.grid import Grid
from groklab.launching.job import Request
from groklab.launching.multirun import command_of_multirun, opened, place_in
from groklab.launching.preview import preview_grid, slots_of, without_preview
from groklab.launching.view import View
from groklab.run_folder import RUNS

ATLASES = Path("atlases")


class Atlas(BaseModel):
    """The keys of ``hydra.sweeper`` that ``hydra/sweeper=atlas`` takes.

    Args:
        statement: What is shown, a sentence.
        factors: Values of some keys; every combination is a cell.
        metric: As :mod:`groklab.claims.measures` has it.
        seeds: Of each cell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    statement: Annotated[str, Field(min_length=1)]
    factors: Annotated[dict[str, tuple[Any, ...]], Field(min_length=1, max_length=3)]
    metric: str
    seeds: Annotated[int, Field(ge=1)] = 5

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The combinations; the last factor varies fastest."""
        return [dict(zip(self.factors, values, strict=True)) for values in itertools.product(*self.factors.values())]


def run_atlas(
    hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig, words: Sequence[str], **keys: Any
) -> None:
    """Measure what ``hydra.sweeper`` describes.

    A run that fails leaves a gap in its cell, and is named.

    Raises:
        UserError: The atlas or its config is wrong.
        Interrupted: A signal asked to stop; the same command goes on.
    """
    words = without_preview([word for word in words if word.partition("=")[0] != "publish"])
    atlas = _read(OmegaConf.to_container(OmegaConf.create(keys), resolve=True))
    seeds = range(config.seed, config.seed + atlas.seeds)
    requests = _requests(atlas, words, seeds)
    name = f"{config.name}-{digest([atlas.model_dump(), sorted(words), config.seed])[:8]}"
    place_in(config, name)
    launcher: Any = Plugins.instance().instantiate_launcher(
        config=config, hydra_context=hydra_context, task_function=task_function
    )
    if config.preview:
        composer = Composer(hydra_context.config_loader, config, sweep="")
        print(preview_grid(composer, list(requests.values()), num_slots=slots_of(launcher)))  # noqa: T201
        return
    about = {"multirun": "atlas", **atlas.model_dump(mode="json")}
    with opened(launcher, config, name=name, about=about, view=View("job", len(requests))) as multirun:
        grid = Grid(list(requests.values()))
        multirun.run(grid)
        runs = {request.number: ended.runs[-1] for request, ended in grid.finished}
        record = {
            "atlas": str(config.name),
            "statement": atlas.statement,
            "metric": atlas.metric,
            "factors": {key: list(values) for key, values in atlas.factors.items()},
            "cells": [
                _cell(atlas, values, [runs.get(requests[number, seed].number) for seed in seeds])
                for number, values in enumerate(atlas.cells)
            ],
            "failed": [f"{' '.join(request.varied)}: {ended.error}" for request, ended in grid.failed],
            "command": command_of_multirun(config),
        }
        folder = multirun.folder.path
        write_json(folder / "atlas.json", record)
        if config.publish:
            write_json(ATLASES / f"{config.name}.json", record)
    print(f"atlas {config.name} FINISHED {folder / 'atlas.json'}")  # noqa: T201 - the program's last line


def _read(keys: Any) -> Atlas:
    try:
        atlas = Atlas.model_validate(keys)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(("hydra.sweeper", *(str(part) for part in first["loc"])))
        raise UserError(f"{place}: {first['msg'].lower()}") from error
    known_metric(atlas.metric, where="hydra.sweeper.metric")
    return atlas


def _requests(atlas: Atlas, words: Sequence[str], seeds: Sequence[int]) -> dict[tuple[int, int], Request]:
    """By number of the cell and seed."""
    requests: dict[tuple[int, int], Request] = {}
    for number, values in enumerate(atlas.cells):
        own = tuple(f"{key}={text(value)}" for key, value in values.items())
        for seed in seeds:
            overrides = (*words, *own, f"seed={seed}", "test=false", "publish=false")
            requests[number, seed] = Request(len(requests), overrides, (*own, f"seed={seed}"))
    return requests


def _cell(atlas: Atlas, values: Mapping[str, Any], runs: Sequence[str | None]) -> dict[str, Any]:
    """Mean of the metric over a cell's runs, with its interval by Student's t."""
    known = [run for run in runs if run is not None]
    measured = [measure(RUNS / run, atlas.metric).value for run in known]
    numbers = [value for value in measured if value is not None]
    low, high = mean_interval(numbers) or (None, None)
    mean = fmean(numbers) if numbers else None
    return {"values": dict(values), "mean": mean, "low": low, "high": high, "n": len(numbers), "runs": known}
